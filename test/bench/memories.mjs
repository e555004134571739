// Every wasm memory that is made in this process from here on: import it before what makes them.

/** Every wasm memory that is made in this process. @type {Set<WebAssembly.Memory>} */
export const memories = new Set()
const { Instance, Memory, instantiate } = WebAssembly

/** @param {WebAssembly.Instance} instance */
function note(instance) {
  for (const value of Object.values(instance.exports)) if (value instanceof Memory) memories.add(value)
}

/** @type {any} */ const wasm = WebAssembly
// A proxy and not a subclass: libraries ask whether what they got is an instance of these.
wasm.Instance = new Proxy(Instance, {
  construct(target, args) {
    const instance = Reflect.construct(target, args)
    note(instance)
    return instance
  },
})
wasm.instantiate = async (/** @type {any} */ source, /** @type {any} */ imports) => {
  const made = /** @type {any} */ (await instantiate(source, imports))
  note(made.instance ?? made)
  return made
}
wasm.Memory = new Proxy(Memory, {
  construct(target, args) {
    const memory = Reflect.construct(target, args)
    memories.add(memory)
    return memory
  },
})

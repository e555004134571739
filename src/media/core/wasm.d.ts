declare module '*.wasm' {
  const module: WebAssembly.Module
  // biome-ignore lint/style/noDefaultExport: -- it is how a Worker gives a compiled module
  export default module
}

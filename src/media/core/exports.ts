/** What every job of the core uses of its exports; `wasm/index.ts` describes them. A job's own come on top. */
export interface CoreExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  status_ptr(): number
  planes_ptr(): number
  input_ptr(): number
  input_capacity(): number
  input_offset(): number
  input_given(count: number, isEnd: number): void
  peak_bytes(): number
  decode_scale(component: number, shift: number): void
  decode_fact(which: number): number
  planes_begin(lumaShift: number, chromaShift: number): void
  planes_step(): number
}

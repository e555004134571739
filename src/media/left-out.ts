/** Whoever builds Belino without a decoder lets its door lead here, by an alias of the bundler. */
export class LeftOut extends Error {}

/** There is no decoder of HEIC in this build. */
export function compileLibheif(): Promise<WebAssembly.Module> {
  return Promise.reject(new LeftOut('libheif was left out of this build'))
}

/** There is no decoder of AVIF in this build. */
export function compileDav1d(): Promise<WebAssembly.Module> {
  return Promise.reject(new LeftOut('dav1d was left out of this build'))
}

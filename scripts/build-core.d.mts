/** Builds a target of the core unless it is up to date; gives the path of the module. */
export function buildCore(target: 'release' | 'debug'): Promise<string>

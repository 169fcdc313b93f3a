/** Null, or a sentence about why the driver could not be mended. */
export function mendPackages(modules: string): string | null

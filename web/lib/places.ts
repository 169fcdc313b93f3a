const machine = ['localhost', '127.0.0.1', '[::1]']

/** On the machine itself all its names are the same place. What an older service did not say is not doubted. */
export function isSamePlace(publicUrl: string | undefined, here: { origin: string; hostname: string }) {
  if (!publicUrl || publicUrl === here.origin) return true
  return machine.includes(here.hostname) && machine.includes(new URL(publicUrl).hostname)
}

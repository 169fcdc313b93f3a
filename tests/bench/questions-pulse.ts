import { parentPort, workerData } from 'node:worker_threads'

/**
 * Asks a service whether it lives, twenty times a second, until told to end; then says how long each answer took. It
 * says when it is warm: what it takes to begin asking is no matter of the service's.
 */
const { address } = workerData as { address: string }
const EVERY_MS = 50
const WARM_UP = 20
const taken: Promise<number>[] = []

async function ask(): Promise<number> {
  const start = performance.now()
  const response = await fetch(address).catch(() => null)
  await response?.text()
  return response?.ok ? performance.now() - start : Infinity
}

for (let count = 0; count < WARM_UP; count++) await ask()
const timer = setInterval(() => taken.push(ask()), EVERY_MS)
parentPort!.postMessage('warm')
parentPort!.once('message', async () => {
  clearInterval(timer)
  parentPort!.postMessage(await Promise.all(taken))
})

import { parentPort, workerData } from 'node:worker_threads'

/** Asks a service whether it lives, twenty times a second, until told to end; then says how long each answer took. */
const { address } = workerData as { address: string }
const EVERY_MS = 50
const taken: Promise<number>[] = []

async function ask(): Promise<number> {
  const start = performance.now()
  const response = await fetch(address).catch(() => null)
  await response?.text()
  return response?.ok ? performance.now() - start : Infinity
}

const timer = setInterval(() => taken.push(ask()), EVERY_MS)
parentPort!.once('message', async () => {
  clearInterval(timer)
  parentPort!.postMessage(await Promise.all(taken))
})

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { expect } from 'vitest'
import { SECRET } from './crowd.ts'
import { until } from './client.ts'
import { freePort, startServer } from './server.ts'

/** A process of the service that can be killed and started again at the same address. */
export type Node = { role: 'web' | 'worker'; port: number; process: ChildProcess }

/** Several processes of the service on one database, started at once. */
export async function startNodes(databaseUrl: string, { webs, workers }: { webs: number; workers: number }) {
  const ports = await Promise.all(Array.from({ length: webs }, freePort))
  const started = [
    ...ports.map((port) => startNode('web', databaseUrl, port)),
    ...Array.from({ length: workers }, () => startNode('worker', databaseUrl, 0)),
  ]
  return Promise.all(started)
}

async function startNode(role: Node['role'], databaseUrl: string, port: number): Promise<Node> {
  const node = { role, port, process: null as unknown as ChildProcess }
  await startAgain(node, databaseUrl)
  return node
}

/** Answers how long it took until the node was ready. */
export async function startAgain(node: Node, databaseUrl: string): Promise<number> {
  const begun = performance.now()
  const env = environment(node, databaseUrl)
  if (node.role === 'web') node.process = (await startServer(env)).process
  else node.process = await startWorker(env)
  return performance.now() - begun
}

const READY_MS = 5_000

/**
 * A node that starts is ready within five seconds: the quickest of some starts, as machines are busy with other things.
 * On a slow one it may take as long as reading the program's sources does, which a start from its one file need not.
 */
export async function expectSoonReady(ready: number[]): Promise<void> {
  const begun = performance.now()
  spawnSync(process.execPath, ['--input-type=module', '-e', `await import('./server/app.ts')`])
  const reading = performance.now() - begun
  console.log(`reading the sources takes ${reading.toFixed(0)} ms`)
  expect(Math.min(...ready)).toBeLessThan(Math.max(READY_MS, reading))
  expect(Math.max(...ready)).toBeLessThan(10 * READY_MS)
}

const environment = ({ role, port }: Node, databaseUrl: string) => ({
  ...{ ROLE: role, DATABASE_URL: databaseUrl, PUBLIC_URL: 'http://localhost', SECRET, SAMPLE: '1' },
  ...{ PORT: String(port), DATA_DIR: '.data', LOG_LEVEL: 'fatal' },
})

async function startWorker(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['server/main.ts'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  await until('the worker', () => said.includes('Ctrl-C') || child.exitCode !== null, 120_000)
  return child
}

export async function kill(
  { process: child }: Node,
  signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}

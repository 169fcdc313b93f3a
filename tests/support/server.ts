import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './client.ts'

export type RunningServer = {
  url: string
  process: ChildProcess
  output: () => string
  stop(): Promise<void>
}

/** The real service as a process of its own, with the sample programme in an empty data directory. */
export async function startServer(
  env: Record<string, string> = {},
  [command, ...words]: string[] = [process.execPath, 'server/main.ts'],
): Promise<RunningServer> {
  const directory = env.DATA_DIR ?? (await openDirectory())
  const port = env.PORT ?? String(await freePort())
  const child = spawn(command, words, {
    env: { ...process.env, DATA_DIR: directory, PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  const url = `http://localhost:${port}`
  await until(
    'the server',
    () => (child.exitCode === null ? answers(url) : Promise.reject(new Error(output))),
    120_000,
  )
  return {
    url,
    process: child,
    output: () => output,
    stop: () => stop(child, env.DATA_DIR ? null : directory),
  }
}

// As root the database runs as another user, who must be able to get there.
async function openDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'incontro-'))
  await chmod(directory, 0o755)
  return directory
}

/** Whether somebody is there and ready. */
export const answers = (url: string) =>
  fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  )

async function stop(child: ChildProcess, directory: string | null): Promise<void> {
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
  }
  if (directory) await rm(directory, { recursive: true, force: true })
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

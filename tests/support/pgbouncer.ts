import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { until } from './client.ts'
import { freePort } from './server.ts'

export type Pooler = { url: string; close(): Promise<void> }

/** Debian keeps it where only an administrator's path leads. */
const PATH = `${process.env.PATH}:/usr/sbin`
const NOBODY = 65_534

export const hasPgbouncer = spawnSync('pgbouncer', ['--version'], { env: { PATH } }).status === 0

/** A real PgBouncer before a database, which hands out few connections, each for a transaction or for a session. */
export async function startPgbouncer(
  database: string,
  mode: 'transaction' | 'session',
  size = 8,
): Promise<Pooler> {
  const to = new URL(database)
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'pgbouncer-'))
  chmodSync(directory, 0o755)
  const file = join(directory, 'pgbouncer.ini')
  const settings = [
    '[databases]',
    `* = host=${to.hostname} port=${to.port} user=${to.username} password=${to.password}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
    `auth_type = any\npool_mode = ${mode}\ndefault_pool_size = ${size}\nmax_client_conn = 200`,
  ]
  writeFileSync(file, settings.join('\n'))
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn('pgbouncer', ['-q', file], { env: { PATH }, stdio: 'ignore', ...account })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const url = Object.assign(new URL(database), { port: String(port) }).href
  await until('PgBouncer', () => answers(url))
  return {
    url,
    async close() {
      child.kill('SIGINT')
      setTimeout(() => child.kill('SIGKILL'), 2_000).unref()
      await gone
      rmSync(directory, { recursive: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, fetch_types: false })
  const answered = await sql`select 1`.simple().then(
    () => true,
    () => false,
  )
  await sql.end({ timeout: 0 })
  return answered
}

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { connect } from '../../../server/database/client.ts'
import { prepareDatabase } from '../../../server/database/prepare.ts'
import { explainDatabase } from '../../../server/database/trouble.ts'
import { selfSigned } from '../../support/certificates.ts'
import { until } from '../../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'

/** Other ways to PostgreSQL than a plain connection: what stands in between passes everything on. */
let place: TestDatabase
let postgresql: URL
const directory = mkdtempSync(join(tmpdir(), 'incontro-wires-'))
const servers: Server[] = []

beforeAll(async () => {
  place = await createTestDatabase()
  postgresql = new URL(place.url)
})
afterAll(async () => {
  for (const server of servers) server.close()
  rmSync(directory, { recursive: true, force: true })
  await place.drop()
})

const upstream = () => dial(Number(postgresql.port), postgresql.hostname)

function link(one: Socket, other: Socket) {
  one.pipe(other).pipe(one)
  for (const [end, far] of [
    [one, other],
    [other, one],
  ])
    end.on('error', () => far.destroy()).on('close', () => far.destroy())
}

async function listen(server: Server, where: string | number): Promise<Server> {
  servers.push(server)
  await new Promise<void>((resolve) =>
    typeof where === 'string' ? server.listen(where, resolve) : server.listen(where, '127.0.0.1', resolve),
  )
  return server
}

/** Answers whether the whole of what the service needs goes that way: tables, statements, what is listened to. */
async function works(url: string): Promise<boolean> {
  const { database } = readConfig({ DATABASE_URL: url, PUBLIC_URL: 'http://localhost' })
  await prepareDatabase(database!, () => {})
  const db = connect(database!, 2)
  const heard: string[] = []
  try {
    await db.$listen('wires', (word) => void heard.push(word))
    await db.execute(`notify wires, 'here'`)
    await until('the news is there', async () => heard.length > 0)
    return heard[0] === 'here'
  } finally {
    await db.$client.end({ timeout: 1 })
  }
}
const refusal = (url: string) => works(url).then(() => 'it was taken', explainDatabase)

describe('a socket of this machine', () => {
  beforeAll(async () => {
    await listen(
      createServer((client) => link(client, upstream())),
      join(directory, '.s.PGSQL.5432'),
    )
  })
  const who = () => `${postgresql.username}:${postgresql.password}@`

  test('is named in either way that PostgreSQL knows', async () => {
    expect(await works(`postgres://${who()}${encodeURIComponent(directory)}${postgresql.pathname}`)).toBe(
      true,
    )
    expect(await works(`postgresql://${who()}${postgresql.pathname}?host=${directory}`)).toBe(true)
  })

  test('that is not there is told', async () => {
    const elsewhere = encodeURIComponent(join(directory, 'nowhere'))
    expect(await refusal(`postgres://${who()}${elsewhere}${postgresql.pathname}`)).toMatch(
      /^The database at DATABASE_URL does not answer \(ENOENT\)/,
    )
  })
})

describe('an encrypted connection', () => {
  /** PostgreSQL behind a certificate, as a managed one is. */
  async function behind(wanted: Parameters<typeof selfSigned>[0]) {
    const { certificate: cert, key } = await selfSigned(wanted)
    const server = createServer((client) => {
      client.on('error', () => {})
      // The first that is sent asks whether there is TLS; S is yes.
      client.once('data', () => {
        client.write('S')
        link(new TLSSocket(client, { isServer: true, cert, key }), upstream())
      })
    })
    const { port } = (await listen(server, 0)).address() as AddressInfo
    const url = (mode: string) =>
      Object.assign(new URL(place.url), {
        hostname: 'localhost',
        port: String(port),
        search: `?sslmode=${mode}`,
      }).href
    return { url, cert }
  }

  test('is all that is asked for with "require", and one whose certificate is given holds with "verify-full"', async () => {
    const { url, cert } = await behind({})
    expect(await works(url('require'))).toBe(true)
    expect(await refusal(url('verify-full'))).toMatch(/is not trusted here: .*NODE_EXTRA_CA_CERTS/)
    const file = join(directory, 'ca.pem')
    writeFileSync(file, cert)
    const asked = `const { connect } = await import('./server/database/client.ts')
      const db = connect(process.env.DATABASE_URL, 1)
      console.log((await db.execute('select 7 as n'))[0].n)
      await db.$client.end()`
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: file, DATABASE_URL: url('verify-full') }
    const words = ['--input-type=module', '-e', asked]
    expect((await promisify(execFile)(process.execPath, words, { env })).stdout.trim()).toBe('7')
  })

  test('to a certificate of another name or one that has expired is refused, with the reason', async () => {
    const trusted = async (wanted: Parameters<typeof selfSigned>[0]) => {
      const { url, cert } = await behind(wanted)
      const file = join(directory, 'other.pem')
      writeFileSync(file, cert)
      const env = {
        ...process.env,
        ...{ NODE_EXTRA_CA_CERTS: file, DATABASE_URL: url('verify-full') },
        ...{ PUBLIC_URL: 'http://localhost', DATA_DIR: join(directory, 'data'), SECRET: 'x'.repeat(32) },
      }
      const words = ['server/organiser.ts', 'camp@example.org']
      const run = promisify(execFile)(process.execPath, words, { env })
      return run.then(
        () => 'it was taken',
        ({ stderr }: { stderr: string }) => stderr.trim(),
      )
    }
    expect(await trusted({ name: 'db.example.org' })).toBe(
      'The certificate of the database at DATABASE_URL is for another name: use the name that stands in the certificate.',
    )
    expect(await trusted({ until: new Date('2021-01-01') })).toBe(
      'The certificate of the database at DATABASE_URL has expired: renew it on the database server.',
    )
  })
})

test('what an address carries that PostgreSQL does not know is named', async () => {
  expect(await refusal(`${place.url}?channel_binding=require`)).toBe(
    'PostgreSQL refuses: unrecognized configuration parameter "channel_binding". It stands in DATABASE_URL: leave it out there. Of a certificate of your own, give the path in NODE_EXTRA_CA_CERTS.',
  )
})

test('without the secret of the service the first organiser is given no code that it would refuse', async () => {
  const env = { ...process.env, DATABASE_URL: place.url, PUBLIC_URL: 'http://localhost', SECRET: '' }
  const run = promisify(execFile)(process.execPath, ['server/organiser.ts', 'camp@example.org'], {
    env: { ...env, DATA_DIR: join(directory, 'empty') },
  })
  await expect(run).rejects.toMatchObject({
    stderr: expect.stringContaining('The service would refuse the code, since its secret is not here'),
  })
})

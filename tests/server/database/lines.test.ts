import { connect as connectTo, createServer, type AddressInfo, type Server } from 'node:net'
import { TLSSocket } from 'node:tls'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database } from '../../../server/database/client.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { selfSigned } from '../../support/certificates.ts'

/** The database behind TLS, as a managed one is. */
let place: TestDatabase
let front: Server
let db: Database

beforeAll(async () => {
  place = await createTestDatabase('template0')
  const { certificate, key } = await selfSigned()
  front = createServer((socket) => {
    // What comes first asks for TLS.
    socket.once('data', () => {
      const secure = new TLSSocket(socket, { isServer: true, cert: certificate, key })
      const database = connectTo(Number(new URL(place.url).port), '127.0.0.1')
      const end = () => [secure, database].forEach((one) => one.destroy())
      for (const one of [secure, database]) one.on('error', end).on('close', end)
      secure.pipe(database).pipe(secure)
      socket.write('S')
    })
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const address = Object.assign(new URL(place.url), { port: String((front.address() as AddressInfo).port) })
  db = connect(`${address.href}?sslmode=require`, 2)
})
afterAll(async () => {
  await db.$client.end()
  front.close()
  await place.drop()
})

test('a connection over TLS that is lost is forgotten', async () => {
  for (let n = 0; n < 8; n++) {
    await db.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => {})
    await db.execute(sql`select 1`)
  }
  expect(db.$lines.size).toBeLessThanOrEqual(3)
})

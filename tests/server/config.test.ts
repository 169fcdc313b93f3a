import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'

/** Keys that are nobody's. */
const VAPID = {
  VAPID_PUBLIC_KEY: 'BKODioQ_XrIjSnAUS9mtbcz8NM-GYcQzTdwNnNTPFPuS9p_snJDVl0qSe30ocQoQkdD9ZFaDKuTMS_hTUVHCHT4',
  VAPID_PRIVATE_KEY: 'e-aJuRAImmp8UtffTu3OYNQCKfws5hxOD8oinnJitkE',
  VAPID_SUBJECT: 'mailto:camp@example.org',
}
const LONG = 'a secret of at least thirty-two characters'

test('without any variable the service runs on this machine alone, with the sample', () => {
  expect(readConfig({})).toEqual({
    role: 'all',
    host: '127.0.0.1',
    port: 3000,
    publicUrl: 'http://localhost:3000',
    database: null,
    connections: 21,
    dataDirectory: resolve('.data'),
    sample: true,
    smtpUrl: null,
    mailFrom: 'Incontro <incontro@localhost>',
    push: null,
    backups: {
      ...{ directory: join(process.cwd(), '.data/backups'), everyHours: null, keep: 14, passphrase: null },
    },
    secret: null,
    tls: null,
    trustProxy: false,
    logLevel: 'warn',
  })
})

test('everything can be said', () => {
  const env = {
    ROLE: 'web',
    HOST: '0.0.0.0',
    PORT: '8443',
    PUBLIC_URL: 'https://incontro.example.org/',
    DATABASE_URL: 'postgres://db/incontro',
    DATABASE_DIRECT_URL: 'postgres://direct/incontro',
    DATABASE_SCHEMA: 'incontro',
    DATABASE_CONNECTIONS: '7',
    DATA_DIR: '/srv/incontro',
    SAMPLE: '1',
    SMTP_URL: 'smtps://mail.example.org',
    MAIL_FROM: 'Camp <camp@example.org>',
    ...VAPID,
    PUSH_SERVICES: 'push.example.org, *.push.example.com:8443',
    BACKUP_DIR: '/srv/backups',
    BACKUP_EVERY_HOURS: '6',
    BACKUP_KEEP: '40',
    BACKUP_PASSPHRASE: 'una frase lunga',
    SECRET: LONG,
    TLS_CERT: '/srv/cert.pem',
    TLS_KEY: '/srv/key.pem',
    TRUST_PROXY: '10.0.0.1, fd00::/8',
    LOG_LEVEL: 'info',
  }
  expect(readConfig(env)).toEqual({
    role: 'web',
    host: '0.0.0.0',
    port: 8443,
    publicUrl: 'https://incontro.example.org',
    database: { url: 'postgres://db/incontro', directUrl: 'postgres://direct/incontro', schema: 'incontro' },
    connections: 7,
    dataDirectory: '/srv/incontro',
    sample: true,
    smtpUrl: 'smtps://mail.example.org',
    mailFrom: 'Camp <camp@example.org>',
    push: {
      publicKey: VAPID.VAPID_PUBLIC_KEY,
      privateKey: VAPID.VAPID_PRIVATE_KEY,
      subject: VAPID.VAPID_SUBJECT,
      services: ['push.example.org', '*.push.example.com:8443'],
    },
    backups: { directory: '/srv/backups', everyHours: 6, keep: 40, passphrase: 'una frase lunga' },
    secret: LONG,
    tls: { certificate: '/srv/cert.pem', key: '/srv/key.pem' },
    trustProxy: ['10.0.0.1', 'fd00::/8'],
    logLevel: 'info',
  })
})

test('what follows from other variables is not asked for twice', () => {
  const database = { DATABASE_URL: 'postgresql://db/incontro', PUBLIC_URL: 'http://camp.example.org:8080' }
  expect(readConfig(database)).toMatchObject({
    sample: false,
    connections: 10,
    publicUrl: 'http://camp.example.org:8080',
  })
  expect(readConfig({ HOST: '::1', PORT: '0' }).publicUrl).toBe('http://[::1]:0')
  expect(readConfig({ HOST: '::', SAMPLE: '1' }).publicUrl).toBe('http://localhost:3000')
  expect(readConfig({ TLS_CERT: 'a', TLS_KEY: 'b' }).publicUrl).toBe('https://localhost:3000')
  expect(readConfig({ TRUST_PROXY: '2' }).trustProxy).toBe(2)
  expect(readConfig(VAPID).push?.services).toContain('fcm.googleapis.com')
})

describe('a mistake is told in a sentence that says what to do', () => {
  const port = (text: string) => `PORT is "${text}", but must be a whole number from 0 to 65535.`
  const proxy = (text: string) =>
    `TRUST_PROXY is "${text}", but must be how many proxies stand in front (1 to 9) or their addresses, for example TRUST_PROXY=10.0.0.1,192.168.0.0/16.`
  const database = 'DATABASE_URL must be an address that begins with postgres:// or postgresql://.'
  const page = (text: string) =>
    `PUBLIC_URL is "${text}", but must be a web address such as https://incontro.example.org.`
  const together = 'VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT go together: set all or none.'
  const pair =
    'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY must be a pair as "npx web-push generate-vapid-keys" prints it.'
  const subject = (text: string) =>
    `VAPID_SUBJECT is "${text}", but must be where push services can reach you, for example mailto:you@example.org.`
  const services = (text: string) =>
    `PUSH_SERVICES is "${text}", but must be hosts, for example PUSH_SERVICES=fcm.googleapis.com,*.push.apple.com.`
  const cases: [Record<string, string>, string][] = [
    [{ PORT: 'eighty' }, port('eighty')],
    [{ PORT: '-1' }, port('-1')],
    [{ PORT: '65536' }, port('65536')],
    [{ DATABASE_URL: 'db' }, database],
    [{ DATABASE_URL: 'mysql://db/incontro', PUBLIC_URL: 'http://x' }, database],
    [
      { DATABASE_URL: 'postgres://db/incontro' },
      'DATABASE_URL is set, so PUBLIC_URL must say where people reach Incontro, for example PUBLIC_URL=https://incontro.example.org.',
    ],
    [
      { DATABASE_URL: 'postgres://u:a,b@one:5432,two:5432/incontro?target_session_attrs=primary' },
      'DATABASE_URL names several hosts, of which only one would be used: give one address that always leads to the primary server, for example a name or a proxy that follows it.',
    ],
    [
      { DATABASE_DIRECT_URL: 'postgres://db/incontro' },
      'DATABASE_DIRECT_URL is set, but DATABASE_URL is not: set both or neither.',
    ],
    [{ DATABASE_SCHEMA: 'camp' }, 'DATABASE_SCHEMA is set, but DATABASE_URL is not: set both or neither.'],
    [
      { DATABASE_URL: 'postgres://db/incontro', PUBLIC_URL: 'http://x', DATABASE_SCHEMA: 'a"b' },
      'DATABASE_SCHEMA is "a"b", but must be a name of at most 40 letters, digits, "_" or "-", for example DATABASE_SCHEMA=incontro.',
    ],
    ...['0', '2', 'many'].map((text): [Record<string, string>, string] => [
      { DATABASE_CONNECTIONS: text },
      `DATABASE_CONNECTIONS is "${text}", but must be a whole number from 3 to 999.`,
    ]),
    [{ ROLE: 'both' }, 'ROLE is "both", but must be one of all, web, worker.'],
    [{ ROLE: 'worker' }, 'ROLE=worker needs DATABASE_URL: the embedded database serves one process alone.'],
    [
      { ROLE: 'web', DATABASE_URL: 'postgres://db/incontro', PUBLIC_URL: 'http://x' },
      'ROLE=web needs SECRET: all web nodes must sign cookies with the same one.',
    ],
    [{ PUBLIC_URL: 'incontro' }, page('incontro')],
    [{ PUBLIC_URL: 'ftp://incontro' }, page('ftp://incontro')],
    [{ SMTP_URL: 'mail.example.org' }, 'SMTP_URL must be an address that begins with smtp:// or smtps://.'],
    [{ VAPID_SUBJECT: VAPID.VAPID_SUBJECT }, together],
    [{ ...VAPID, VAPID_PRIVATE_KEY: '' }, together],
    [{ ...VAPID, VAPID_PRIVATE_KEY: 'A'.repeat(43) }, pair],
    [{ ...VAPID, VAPID_PRIVATE_KEY: 'mine' }, pair],
    [{ ...VAPID, VAPID_PUBLIC_KEY: `B${'A'.repeat(86)}` }, pair],
    [{ ...VAPID, VAPID_SUBJECT: 'camp@example.org' }, subject('camp@example.org')],
    [{ ...VAPID, VAPID_SUBJECT: 'http://example.org' }, subject('http://example.org')],
    [{ ...VAPID, PUSH_SERVICES: 'https://push.example.org' }, services('https://push.example.org')],
    [{ ...VAPID, PUSH_SERVICES: '*' }, services('*')],
    [{ SECRET: 'short' }, 'SECRET must have at least 32 characters.'],
    [{ TLS_CERT: 'cert.pem' }, 'TLS_CERT and TLS_KEY go together: set both or neither.'],
    [{ TLS_KEY: 'key.pem' }, 'TLS_CERT and TLS_KEY go together: set both or neither.'],
    [{ TRUST_PROXY: 'true' }, proxy('true')],
    [{ TRUST_PROXY: '0' }, proxy('0')],
    [{ TRUST_PROXY: '10.0.0.0/33' }, proxy('10.0.0.0/33')],
    [{ TRUST_PROXY: '10.0.0.1,proxy' }, proxy('10.0.0.1,proxy')],
    ...['0.0.0.0', '::', '192.168.1.7'].map((host): [Record<string, string>, string] => [
      { HOST: host },
      `HOST=${host} lets others reach the sample programme, where anybody may enter as organiser: set SAMPLE=1 if that is what you want, or DATABASE_URL for programmes of your own.`,
    ]),
    [
      { PUBLIC_URL: 'https://example.org/incontro' },
      'PUBLIC_URL is "https://example.org/incontro", but Incontro stands at the top of an address: use https://example.org, or a name of its own such as https://incontro.example.org.',
    ],
    ...['Incontro', 'a@b c@d', 'Incontro <incontro>', 'A <a@b.c>\r\nBcc: <x@y.z>'].map(
      (text): [Record<string, string>, string] => [
        { MAIL_FROM: text },
        `MAIL_FROM is "${text}", but must be whom mails come from, for example MAIL_FROM="Incontro <incontro@example.org>".`,
      ],
    ),
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL is "loud", but must be one of fatal, error, warn, info, debug, silent.',
    ],
  ]
  test.each(cases)('%j', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(new ConfigError(sentence))
  })
})

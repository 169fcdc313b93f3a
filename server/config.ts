import { createECDH } from 'node:crypto'
import { isIP } from 'node:net'
import { isAbsolute, join, resolve } from 'node:path'
import { socketOf, type Place } from './database/place.ts'

/** The only reader of process.env. Everything is checked here, once, before anything starts. */

export type Config = {
  /** What this process does: answer people (web), work on runs and mails (worker), or both. */
  role: Role
  host: string
  port: number
  /** Where people reach the service: links in mails and the one allowed Origin. */
  publicUrl: string
  /** Null = the embedded PostgreSQL in dataDirectory. */
  database: Place | null
  /** How many connections to the database this process may have open. */
  connections: number
  dataDirectory: string
  /** Load and offer the sample programme. */
  sample: boolean
  smtpUrl: string | null
  mailFrom: string
  /** Wakes phones whose page is closed; null where nobody made keys for it. */
  push: PushConfig | null
  /** Where backups are kept, and how many; made every so many hours, or by hand alone. */
  backups: { directory: string; everyHours: number | null; keep: number; passphrase: string | null }
  secret: string | null
  tls: { certificate: string; key: string } | null
  /** Whose word counts on where a request comes from: none, so many proxies in a row, or those addresses. */
  trustProxy: false | number | string[]
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
}

export type PushConfig = {
  publicKey: string
  privateKey: string
  subject: string
  /** Hosts that messages may go to; `*.example.org` stands for all below. */
  services: string[]
}

const ROLES = ['all', 'web', 'worker'] as const
type Role = (typeof ROLES)[number]

export class ConfigError extends Error {}

type Environment = Record<string, string | undefined>

export function readConfig(env: Environment): Config {
  const database = databaseOf(env)
  const role = roleOf(env)
  const tls = tlsOf(env)
  const port = portOf(env)
  const host = hostOf(env)
  return {
    role,
    host,
    port,
    publicUrl: originOf(env, host, port, tls !== null),
    database,
    connections: connectionsOf(env, database ? 10 : 21),
    dataDirectory: absolute(env.DATA_DIR || '.data'),
    sample: database === null || env.SAMPLE === '1',
    smtpUrl: urlOf(env, 'SMTP_URL', ['smtp:', 'smtps:']),
    mailFrom: senderOf(env),
    push: pushOf(env),
    backups: backupsOf(env),
    secret: secretOf(env),
    tls,
    trustProxy: proxiesOf(env),
    logLevel: levelOf(env),
  }
}

function databaseOf(env: Environment): Place | null {
  const url = databaseUrlOf(env, 'DATABASE_URL')
  const directUrl = databaseUrlOf(env, 'DATABASE_DIRECT_URL')
  const schema = env.DATABASE_SCHEMA || null
  if (!url && (directUrl || schema))
    throw new ConfigError(
      `${directUrl ? 'DATABASE_DIRECT_URL' : 'DATABASE_SCHEMA'} is set, but DATABASE_URL is not: set both or neither.`,
    )
  if (!url) return null
  if (!env.PUBLIC_URL)
    throw new ConfigError(
      'DATABASE_URL is set, so PUBLIC_URL must say where people reach Incontro, for example PUBLIC_URL=https://incontro.example.org.',
    )
  // The queue keeps its own objects there, whose names are made of this one.
  if (schema && !/^[\p{L}\p{N}_ -]{1,40}$/u.test(schema))
    throw new ConfigError(
      `DATABASE_SCHEMA is "${schema}", but must be a name of at most 40 letters, digits, "_" or "-", for example DATABASE_SCHEMA=incontro.`,
    )
  return { url, directUrl, schema }
}

function databaseUrlOf(env: Environment, name: string): string | null {
  const authority = /^\w+:\/\/([^/?#]*)/.exec(env[name] ?? '')?.[1] ?? ''
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(','))
    throw new ConfigError(
      `${name} names several hosts, of which only one would be used: give one address that always leads to the primary server, for example a name or a proxy that follows it.`,
    )
  const socket = socketOf(env[name] ?? '')
  if (!socket) return urlOf(env, name, ['postgres:', 'postgresql:'])
  return urlOf({ [name]: socket.url }, name, ['postgres:', 'postgresql:']) && env[name]!
}

/** One of them listens; what is left answers requests. */
const FEWEST_CONNECTIONS = 3

function connectionsOf(env: Environment, usual: number): number {
  const text = env.DATABASE_CONNECTIONS || String(usual)
  const connections = Number(text)
  if (/^\d{1,3}$/.test(text) && connections >= FEWEST_CONNECTIONS) return connections
  throw new ConfigError(
    `DATABASE_CONNECTIONS is "${text}", but must be a whole number from ${FEWEST_CONNECTIONS} to 999.`,
  )
}

/** Processes that share the work share a database, and web nodes also what signs the cookies. */
function roleOf(env: Environment): Role {
  const text = env.ROLE || 'all'
  const role = ROLES.find((name) => name === text)
  if (!role) throw new ConfigError(`ROLE is "${text}", but must be one of ${ROLES.join(', ')}.`)
  if (role !== 'all' && !env.DATABASE_URL)
    throw new ConfigError(`ROLE=${role} needs DATABASE_URL: the embedded database serves one process alone.`)
  if (role === 'web' && !env.SECRET)
    throw new ConfigError('ROLE=web needs SECRET: all web nodes must sign cookies with the same one.')
  return role
}

/** In the sample anybody is organiser who can open its page, and it runs where nothing else is said. */
function hostOf(env: Environment): string {
  const host = env.HOST || '127.0.0.1'
  const isHere = /^(127\.[\d.]+|localhost|::1)$/.test(host)
  if (!isHere && !env.DATABASE_URL && env.SAMPLE !== '1')
    throw new ConfigError(
      `HOST=${host} lets others reach the sample programme, where anybody may enter as organiser: set SAMPLE=1 if that is what you want, or DATABASE_URL for programmes of your own.`,
    )
  return host
}

function portOf(env: Environment): number {
  const text = env.PORT || '3000'
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535)
    throw new ConfigError(`PORT is "${text}", but must be a whole number from 0 to 65535.`)
  return port
}

function urlOf(env: Environment, name: string, protocols: string[]): string | null {
  const text = env[name]
  if (!text) return null
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol))
    throw new ConfigError(
      `${name} must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
    )
  return text
}

function originOf(env: Environment, host: string, port: number, secure: boolean): string {
  const text = env.PUBLIC_URL
  const shown = host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : host
  if (!text) return `${secure ? 'https' : 'http'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
  if (!URL.canParse(text) || !['http:', 'https:'].includes(new URL(text).protocol))
    throw new ConfigError(
      `PUBLIC_URL is "${text}", but must be a web address such as https://incontro.example.org.`,
    )
  const { origin, pathname, search, hash } = new URL(text)
  if (pathname !== '/' || search || hash)
    throw new ConfigError(
      `PUBLIC_URL is "${text}", but Incontro stands at the top of an address: use ${origin}, or a name of its own such as https://incontro.example.org.`,
    )
  return origin
}

/** A bare address, or one after a name: Incontro <incontro@example.org>. */
function senderOf(env: Environment): string {
  const text = env.MAIL_FROM || 'Incontro <incontro@localhost>'
  if (!/^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text))
    throw new ConfigError(
      `MAIL_FROM is "${text}", but must be whom mails come from, for example MAIL_FROM="Incontro <incontro@example.org>".`,
    )
  return text
}

function tlsOf(env: Environment): Config['tls'] {
  if (!env.TLS_CERT && !env.TLS_KEY) return null
  if (!env.TLS_CERT || !env.TLS_KEY)
    throw new ConfigError('TLS_CERT and TLS_KEY go together: set both or neither.')
  return { certificate: absolute(env.TLS_CERT), key: absolute(env.TLS_KEY) }
}

function proxiesOf(env: Environment): Config['trustProxy'] {
  const text = env.TRUST_PROXY?.trim()
  if (!text) return false
  if (/^[1-9]$/.test(text)) return Number(text)
  const addresses = text.split(',').map((address) => address.trim())
  if (!addresses.every(isNetwork))
    throw new ConfigError(
      `TRUST_PROXY is "${text}", but must be how many proxies stand in front (1 to 9) or their addresses, for example TRUST_PROXY=10.0.0.1,192.168.0.0/16.`,
    )
  return addresses
}

/** An address, or a network such as 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address, bits = '0', ...rest] = text.split('/')
  const version = isIP(address)
  return version > 0 && rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

const VAPID = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'] as const

/** Those of today's browsers. Phones name the address themselves, so anything else is refused: it might be within our own network. */
const PUSH_SERVICES = 'fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com'

function pushOf(env: Environment): PushConfig | null {
  const [publicKey, privateKey, subject] = VAPID.map((name) => env[name])
  if (!publicKey && !privateKey && !subject) return null
  if (!publicKey || !privateKey || !subject)
    throw new ConfigError(`${VAPID.join(', ')} go together: set all or none.`)
  if (publicOf(privateKey) !== publicKey)
    throw new ConfigError(
      'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY must be a pair as "npx web-push generate-vapid-keys" prints it.',
    )
  if (!/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(subject))
    throw new ConfigError(
      `VAPID_SUBJECT is "${subject}", but must be where push services can reach you, for example mailto:you@example.org.`,
    )
  return { publicKey, privateKey, subject, services: pushServicesOf(env) }
}

/** The public key of a private one; null where it is none. */
function publicOf(privateKey: string): string | null {
  if (!/^[\w-]{43}$/.test(privateKey)) return null
  const pair = createECDH('prime256v1')
  try {
    pair.setPrivateKey(privateKey, 'base64url')
    return pair.getPublicKey('base64url')
  } catch {
    return null
  }
}

function pushServicesOf(env: Environment): string[] {
  const text = env.PUSH_SERVICES || PUSH_SERVICES
  const services = text.split(',').map((host) => host.trim())
  if (!services.every((host) => /^(\*\.)?[a-z0-9.-]+(:\d+)?$/.test(host)))
    throw new ConfigError(
      `PUSH_SERVICES is "${text}", but must be hosts, for example PUSH_SERVICES=fcm.googleapis.com,*.push.apple.com.`,
    )
  return services
}

function backupsOf(env: Environment): Config['backups'] {
  const directory = absolute(env.BACKUP_DIR || join(env.DATA_DIR || '.data', 'backups'))
  const passphrase = env.BACKUP_PASSPHRASE || null
  if (passphrase !== null && passphrase.length < 12)
    throw new ConfigError('BACKUP_PASSPHRASE must have at least 12 characters.')
  const everyHours = env.BACKUP_EVERY_HOURS ? wholeOf(env, 'BACKUP_EVERY_HOURS', 24) : null
  return { directory, everyHours, keep: wholeOf(env, 'BACKUP_KEEP', 14), passphrase }
}

function wholeOf(env: Environment, name: string, usual: number): number {
  const text = env[name] || String(usual)
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text)
  throw new ConfigError(`${name} is "${text}", but must be a whole number from 1 to 9999.`)
}

function secretOf(env: Environment): string | null {
  if (!env.SECRET) return null
  if (env.SECRET.length < 32) throw new ConfigError('SECRET must have at least 32 characters.')
  return env.SECRET
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

function levelOf(env: Environment): Config['logLevel'] {
  const level = env.LOG_LEVEL || 'warn'
  const known = LEVELS.find((name) => name === level)
  if (!known) throw new ConfigError(`LOG_LEVEL is "${level}", but must be one of ${LEVELS.join(', ')}.`)
  return known
}

const absolute = (path: string) => (isAbsolute(path) ? path : resolve(process.cwd(), path))

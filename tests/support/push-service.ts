import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type ECDH,
} from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { PushSubscription } from '../../server/schemas/push.ts'
import { selfSigned } from './certificates.ts'

/** What arrived at a phone, in clear. */
export type Arrived = {
  phone: string
  headers: IncomingHttpHeaders
  message: { tag: string; title: string; body: string; url: string }
}

/** New keys of an installation, as its environment. */
export function vapidKeys() {
  const pair = createECDH('prime256v1')
  const publicKey = pair.generateKeys('base64url')
  return {
    VAPID_PUBLIC_KEY: publicKey,
    VAPID_PRIVATE_KEY: Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url'),
    VAPID_SUBJECT: 'mailto:camp@example.org',
  }
}

/**
 * A push service as browsers have one (RFC 8030): over HTTPS, it takes only what is signed with the key that was
 * subscribed with (RFC 8292), and reads it as the phone would (RFC 8291).
 */
export async function startPushService(publicKey: string) {
  const { certificate, key } = await selfSigned()
  const phones = new Map<string, { pair: ECDH; auth: Buffer }>()
  const refusals = new Map<string, number[]>()
  const arrived: Arrived[] = []
  const asked: string[] = []
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const phone = request.url!.slice('/send/'.length)
    asked.push(phone)
    const status = isSigned(request.headers, publicKey, origin())
      ? (refusals.get(phone)?.shift() ?? 201)
      : 403
    if (status === 201) {
      const message = JSON.parse(decrypt(Buffer.concat(parts), phones.get(phone)!))
      arrived.push({ phone, headers: request.headers, message })
    }
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const origin = () => `https://${host}`
  return {
    host,
    certificate,
    arrived,
    /** Each message that came for a phone, taken or not. */
    asked,
    /** What a phone's browser would send of itself. */
    subscription(phone: string): PushSubscription {
      const pair = createECDH('prime256v1')
      const p256dh = pair.generateKeys('base64url')
      const auth = randomBytes(16)
      phones.set(phone, { pair, auth })
      return { endpoint: `${origin()}/send/${phone}`, keys: { p256dh, auth: auth.toString('base64url') } }
    },
    /** The next messages for a phone are answered so. */
    refuse: (phone: string, ...statuses: number[]) => void refusals.set(phone, statuses),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

function isSigned({ authorization = '' }: IncomingHttpHeaders, publicKey: string, origin: string): boolean {
  const [, head, body, signature, key] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? []
  if (key !== publicKey) return false
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const { aud, exp, sub } = JSON.parse(Buffer.from(body, 'base64url').toString())
  const hours = (exp * 1000 - Date.now()) / 3_600_000
  return (
    verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key: jwk, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    ) &&
    aud === origin &&
    hours > 0 &&
    hours <= 24 &&
    sub === 'mailto:camp@example.org'
  )
}

function decrypt(message: Buffer, { pair, auth }: { pair: ECDH; auth: Buffer }): string {
  const salt = message.subarray(0, 16)
  const sender = message.subarray(21, 21 + message[20])
  const sealed = message.subarray(21 + message[20])
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender])
  const secret = derive(pair.computeSecret(sender), auth, info, 32)
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const opened = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16))
  const padded = Buffer.concat([opened.update(sealed.subarray(0, -16)), opened.final()])
  return padded.subarray(0, padded.lastIndexOf(2)).toString()
}

const derive = (secret: Buffer, salt: Buffer, info: Buffer, length: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length))

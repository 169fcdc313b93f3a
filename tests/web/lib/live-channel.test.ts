import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Channel } from '../../../web/lib/live-channel.svelte.ts'
import { clearDevice, device } from '../../support/device.ts'

/** What else a browser has and Node does not: sockets, and whether it is on the network. */
const browser = vi.hoisted(() => {
  class Socket {
    static all: Socket[] = []
    static readonly OPEN = 1
    readyState = 0
    onopen: (() => void) | null = null
    onclose: (() => void) | null = null
    onmessage: ((event: { data: string }) => void) | null = null
    sent: string[] = []
    constructor() {
      Socket.all.push(this)
    }
    send = (text: string) => void this.sent.push(text)
    close = () => (this.readyState = 3)
    open() {
      this.readyState = 1
      this.onopen?.()
    }
    hear = (frame: object) => this.onmessage?.({ data: JSON.stringify(frame) })
    fail = () => this.onclose?.()
  }
  const target = new EventTarget()
  const globals = {
    WebSocket: Socket,
    navigator: { onLine: true },
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  return { Socket }
})

type View = { names: string[] }
const ADDRESS = 'ws://camp.example.org/api/v1/live?event=camp&view=desk'
const FORBIDDEN = { status: 403, code: 'forbidden', title: 'No.' }

const numbered = (seq: number, names = [`as of ${seq}`], epoch = 'a') => ({
  ...{ type: 'snapshot', epoch, prev: null, seq, data: { names } },
  at: new Date().toISOString(),
})
const json = (body: object, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** The questions over HTTP that have not been answered yet, in order. */
let questions: ((answer: Response) => void)[]
let asked: number
let channel: Channel<View>
let open: () => Channel<View>
let serverNow: () => number
beforeEach(async () => {
  // What one page has learnt of the time, another does not know.
  vi.resetModules()
  ;({ serverNow } = await import('../../../web/lib/clock.ts'))
  const { Channel } = await import('../../../web/lib/live-channel.svelte.ts')
  open = () => new Channel<View>(ADDRESS, { name: 'desk', part: (view) => view }, false)
  vi.useFakeTimers({ now: Date.parse('2026-11-22T09:30:00Z') })
  questions = []
  asked = 0
  browser.Socket.all = []
  clearDevice()
  vi.stubGlobal('fetch', () => {
    asked += 1
    return new Promise<Response>((resolve) => questions.push(resolve))
  })
  channel = open()
  // The first time the modules are compiled, which takes seconds on a busy machine.
}, 60_000)
afterEach(() => {
  channel.forget()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const socket = () => browser.Socket.all.at(-1) as InstanceType<typeof browser.Socket>
/** Answers the oldest open question. */
async function answer(body: object, status?: number) {
  const question = questions.shift()
  if (!question) throw new Error('nothing was asked')
  question(json(body, status))
  await pass(0)
}
/** A network that refuses every socket at once. */
async function refuseFor(ms: number, atEach: () => Promise<void>) {
  for (let passed = 0; passed < ms; passed += 100) {
    if (socket().onclose) socket().fail()
    await pass(100)
    await atEach()
  }
}

describe('where no socket gets through', () => {
  test('what there is to show comes over HTTP, at once and then every ten seconds', async () => {
    channel.acquire()
    await refuseFor(60_000, async () => void (questions.length > 0 && (await answer(numbered(asked)))))
    expect(channel.data).toEqual({ names: [`as of ${asked}`] })
    expect(asked).toBeGreaterThanOrEqual(5)
    expect(asked).toBeLessThanOrEqual(7)
  })

  test('one question is asked at a time, however slow its answer', async () => {
    channel.acquire()
    let most = 0
    await refuseFor(25_000, async () => void (most = Math.max(most, questions.length)))
    expect(most).toBe(1)
  })

  test.each([
    ['hangs', () => {}],
    ['opens and says nothing', () => socket().open()],
  ])('a socket that %s does not keep the page empty', async (_, begin) => {
    channel.acquire()
    begin()
    await pass(5_000)
    await answer(numbered(7))
    expect([channel.data, channel.shown]).toEqual([{ names: ['as of 7'] }, { epoch: 'a', seq: 7 }])
    await pass(10_500)
    expect(socket()).not.toBe(browser.Socket.all[0])
    await pass(60_000)
    expect(asked).toBeLessThanOrEqual(7)
  })

  test.each(['', '{}', '{"type":"login"}'])(
    'what a network answers itself, %j, is nothing to show',
    async (text) => {
      channel.acquire()
      socket().fail()
      await pass(0)
      questions.shift()?.(new Response(text, { headers: { 'content-length': `${text.length}` } }))
      await pass(0)
      expect([channel.data, channel.shown]).toEqual([null, { epoch: null, seq: null }])
      expect(Number.isNaN(serverNow())).toBe(false)
      while (questions.length === 0) {
        if (socket().onclose) socket().fail()
        await pass(100)
      }
      await answer(numbered(7))
      expect(channel.data).toEqual({ names: ['as of 7'] })
    },
  )

  test('slow answers set a clock that is far off', async () => {
    channel.acquire()
    socket().fail()
    await pass(2_500)
    await answer({ ...numbered(7), at: new Date(Date.now() + 3_600_000).toISOString() })
    expect(serverNow() - Date.now()).toBe(3_600_000)
  })

  test('the page closes for whoever may not see it', async () => {
    channel.acquire()
    socket().fail()
    await pass(0)
    await answer(FORBIDDEN, 403)
    expect([channel.closedBy, channel.status, channel.data]).toEqual(['forbidden', 'offline', null])
    const sockets = browser.Socket.all.length
    await pass(60_000)
    expect([browser.Socket.all.length, asked]).toEqual([sockets, 1])
  })
})

describe('an answer over HTTP that comes late', () => {
  const ask = async () => {
    channel.acquire()
    socket().fail()
    await pass(1_000)
    expect(questions).toHaveLength(1)
  }

  test('shows and keeps nothing once somebody has signed out', async () => {
    await ask()
    channel.forget()
    await answer(numbered(7, ['Anna']))
    expect([channel.data, { ...device }]).toEqual([null, {}])
  })

  test('of whoever was here before is not shown to who is here now, whose own view comes', async () => {
    await ask()
    channel.beginAnew()
    await answer(numbered(7, ['Anna']))
    expect(channel.data).toBe(null)
    socket().open()
    socket().hear(numbered(8, ['Bruno']))
    expect([channel.data, channel.status]).toEqual([{ names: ['Bruno'] }, 'live'])
  })

  test('does not take the page back to before what a socket has said since', async () => {
    await ask()
    socket().open()
    socket().hear(numbered(9))
    socket().fail()
    await answer(numbered(7))
    expect(channel.data).toEqual({ names: ['as of 9'] })
  })

  test('does not open again what has been closed', async () => {
    await ask()
    socket().open()
    socket().hear({ type: 'bye', code: 'forbidden' })
    await answer(numbered(7, ['Anna']))
    expect([channel.closedBy, channel.data, { ...device }]).toEqual(['forbidden', null, {}])
  })

  test('does not move the clock, which a quick one may set', async () => {
    const offset = () => serverNow() - Date.now()
    const before = offset()
    await ask()
    const early = numbered(7)
    await pass(6_000)
    await answer(early)
    expect(offset()).toBe(before)
    while (questions.length === 0) await pass(100)
    await answer({ ...numbered(8), at: new Date(Date.now() + 90_000).toISOString() })
    expect(offset()).toBe(90_000)
  })
})

test('a page that was closed is a page like others once it is opened again', async () => {
  channel.acquire()
  socket().open()
  socket().hear({ type: 'bye', code: 'forbidden' })
  channel.release()
  await pass(2_000)
  channel.acquire()
  socket().open()
  socket().hear(numbered(9))
  expect([channel.closedBy, channel.status, channel.data]).toEqual([null, 'live', { names: ['as of 9'] }])
  const before = browser.Socket.all.length
  socket().fail()
  await pass(3_000)
  expect(browser.Socket.all.length).toBeGreaterThan(before)
})

test('a view kept on the device says up to which change it is shown', async () => {
  channel.acquire()
  socket().open()
  socket().hear(numbered(9, ['Anna']))
  const later = open()
  expect([later.data, later.shown]).toEqual([{ names: ['Anna'] }, { epoch: 'a', seq: 9 }])
})

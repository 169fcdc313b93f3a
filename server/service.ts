import { buildApp } from './app.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { connect, type Database } from './database/client.ts'
import { readInstallation } from './database/installation.ts'
import { holdDatabase, LocalPostgresError, startLocalPostgres } from './database/local-postgres.ts'
import { migrateDatabase } from './database/migrate.ts'
import type { Place } from './database/place.ts'
import { prepareDatabase } from './database/prepare.ts'
import { explainDatabase } from './database/trouble.ts'
import { errorInWords, log } from './log.ts'
import { startQueue } from './queue.ts'
import { watchBackups } from './jobs/backups.ts'
import { watchForgetting } from './jobs/forget.ts'
import { watchAgendas } from './jobs/push.ts'
import { watchRuns } from './jobs/solve.ts'
import { watchMails } from './jobs/mail.ts'
import { watchScheduledMails } from './jobs/scheduled-mails.ts'
import { startWorkers } from './jobs/workers.ts'
import { endGently } from './ending.ts'
import type { ServicesGiven } from './services.ts'
import { loadSample, redateSample } from './sample/load.ts'
import { BuildError, buildPages } from './builds.ts'

/** Undone in reverse order when the service stops, also when it never came up. */
const closing: (() => Promise<void>)[] = []

async function start(): Promise<void> {
  const config = readConfig(process.env)
  log.level = config.logLevel
  const serves = config.role !== 'worker'
  const [place] = await Promise.all([openDatabase(config), serves && buildPages()])
  const db = connect(place, config.connections - 1)
  closing.push(() => db.$client.end({ timeout: 5 }))
  if (config.sample) await prepareSample(db)
  const queue = await startQueue(db)
  closing.push(() => queue.stop())
  const unwatch = watchRuns(db)
  closing.push(async () => unwatch())
  if (config.role !== 'web') {
    await startWorkers(queue, { config, db })
    closing.push(watchMails(queue, db, config))
    closing.push(watchScheduledMails({ config, db, queue }))
    closing.push(watchForgetting(db))
    closing.push(watchBackups({ db, place, config }))
    if (config.push) closing.push(watchAgendas(db, queue))
  }
  await tellOfCopy(db)
  if (serves) await listen({ config, db, queue })
  else say('Incontro works on runs and mails. / Ctrl-C stops it.')
}

async function listen(services: ServicesGiven): Promise<void> {
  const { config } = services
  const app = await buildApp(services)
  closing.push(() => endGently(app))
  await app.listen({ host: config.host, port: config.port })
  greet(config, app.server.address())
}

async function openDatabase(config: Config): Promise<Place> {
  if (config.database) {
    await prepareDatabase(config.database, say)
    return config.database
  }
  const local = await startLocalPostgres({ directory: config.dataDirectory, log: say })
  closing.push(() => local.stop())
  const release = await holdDatabase(local.url).catch((error) => {
    // Somebody else's running service: its database must go on when we leave.
    closing.pop()
    throw error
  })
  closing.push(release)
  await migrateDatabase(local.url)
  return local
}

async function prepareSample(db: Database): Promise<void> {
  await loadSample(db, { now: new Date() })
  await redateSample(db, new Date())
}

/** Whoever starts a copy must know that it tells nobody anything. */
async function tellOfCopy(db: Database): Promise<void> {
  const { quiet, restoredAt } = await readInstallation(db)
  if (quiet)
    say(
      `\nCopia ripristinata il ${restoredAt?.toISOString()}: mail, avvisi e promemoria aspettano. Per farli partire:  npm run restore -- --live\nRestored copy: mails, pushes and reminders wait. To let them go:  npm run restore -- --live`,
    )
}

const say = (line: string) => process.stdout.write(`${line}\n`)

function greet(config: Config, address: { port: number } | string | null): void {
  const port = typeof address === 'object' && address ? address.port : config.port
  const url = config.port === 0 ? config.publicUrl.replace(/:0$/, `:${port}`) : config.publicUrl
  say(`\nIncontro  ${url}`)
  if (config.sample)
    say(
      [
        '',
        'Programma di esempio: apri l’indirizzo e scegli «Entra come» organizzatore, progetto, referente o schermo.',
        'Sample programme: open the address and choose “Enter as” organiser, project, host or screen.',
      ].join('\n'),
    )
  else
    say(
      [
        '',
        'Il primo organizzatore si crea con:  npm run organiser -- indirizzo@esempio.it',
        'Create the first organiser with:      npm run organiser -- address@example.org',
      ].join('\n'),
    )
  say('\nCtrl-C ferma tutto. / Ctrl-C stops everything.')
}

let stopped: Promise<void> | null = null

const stop = (): Promise<void> =>
  (stopped ??= (async () => {
    for (const close of closing.reverse())
      await close().catch((error) => log.error({ err: error }, 'stopping'))
  })())

/** One plain sentence for what a person can mend; the full error for what only we can. */
function explain(error: unknown, config: Config | null): string {
  const known =
    error instanceof ConfigError || error instanceof LocalPostgresError || error instanceof BuildError
  if (known) return error.message
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE')
    return `Port ${config?.port} is already in use: stop the other program or choose another one, for example PORT=3001 npm start.`
  if (code === 'EACCES')
    return `Not allowed to listen on port ${config?.port}: choose one above 1024, for example PORT=3001 npm start.`
  return explainDatabase(error) ?? errorInWords(error)
}

/** Whatever hangs, a database that does not answer above all: asked to end, the process ends. */
const STOP_WITHIN_MS = 30_000

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    void stop().then(() => process.exit(0))
  })

// Node would print it with all that it knows, the values of a query among them.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'unexpected')
  process.exit(1)
})

start().catch(async (error: unknown) => {
  process.stderr.write(`\n${explain(error, configOrNull())}\n`)
  await stop()
  process.exit(1)
})

function configOrNull(): Config | null {
  try {
    return readConfig(process.env)
  } catch {
    return null
  }
}

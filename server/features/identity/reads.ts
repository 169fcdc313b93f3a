import type { Actor } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { say } from '../../messages.ts'
import type { Me, SamplePeople } from '../../schemas/session.ts'
import { findProgrammes } from '../events/repository.ts'
import { languageOf } from './language.ts'
import { present, type Subjects } from './present.ts'
import * as find from './repository.ts'

/** Who is signed in, with the roles that count in this session. */
export async function readMe(
  reader: Reader,
  actor: Actor,
  config: Config,
  proxyUnknown: boolean,
): Promise<Me> {
  const { publicUrl } = config
  const sample = config.sample && (await find.findSampleProgramme(reader)) !== null
  const pushKey = config.push?.publicKey ?? null
  const nobody: Me = {
    user: null,
    memberships: [],
    shared: false,
    language: null,
    founder: false,
    passkey: null,
    sample,
    pushKey,
    publicUrl,
    proxyUnknown,
  }
  const user = actor.kind === 'user' ? await find.findUser(reader, actor.userId) : null
  if (actor.kind !== 'user' || !user) return nobody
  const [subjects, shared, language, passkey] = await Promise.all([
    readSubjects(reader, actor),
    find.isSharedMailbox(reader, user.email),
    languageOf(reader, user.id),
    passkeyNeed(reader, user, actor.sessionId),
  ])
  return {
    user: { id: user.id, email: user.email, name: user.name },
    memberships: actor.memberships.map((membership) => present(membership, subjects)),
    ...{ shared, language, passkey },
    founder: actor.founder,
    sample,
    pushKey,
    publicUrl,
    proxyUnknown,
  }
}

async function readSubjects(reader: Reader, actor: Extract<Actor, { kind: 'user' }>): Promise<Subjects> {
  const ids = <K extends 'programmeId' | 'projectId' | 'hostId'>(key: K) =>
    actor.memberships.map((membership) => membership[key]).filter((id) => id !== null)
  const [programmes, events, participants, projects, hosts] = await Promise.all([
    findProgrammes(reader, ids('programmeId')),
    find.findEventsOf(reader, ids('programmeId')),
    find.findParticipantsOf(reader, ids('projectId'), ids('hostId')),
    find.findProjectNames(reader, ids('projectId')),
    find.findHostNames(reader, ids('hostId')),
  ])
  return { programmes, events, participants, projects, hosts }
}

async function passkeyNeed(reader: Reader, user: find.UserRow, sessionId: string): Promise<Me['passkey']> {
  if (await find.isStrong(reader, sessionId)) return null
  if (!user.founder && !(await find.holdsRealOrganiser(reader, user.id))) return null
  return (await find.countPasskeys(reader, user.id)) > 0 ? 'use' : 'register'
}

/** Whom one can be in the sample programme. */
export async function readSamplePeople(
  reader: Reader,
  actor: Actor,
  offersSample: boolean,
): Promise<SamplePeople> {
  const programme = offersSample ? await find.findSampleProgramme(reader) : null
  const event = programme && (await find.findSampleEvent(reader, programme.id))
  if (!programme || !event) throw new DomainError('sample-only')
  const [projects, hosts] = await Promise.all([
    find.findSampleProjects(reader, programme.id),
    find.findSampleHosts(reader, programme.id),
  ])
  return {
    programmeId: programme.id,
    eventId: event.id,
    organisers: [{ id: 'organiser', label: say(actor.locale, 'sample_organiser'), note: programme.name }],
    desk: [{ id: `desk:${event.id}`, label: say(actor.locale, 'sample_desk'), note: event.title }],
    projects: projects.map(({ id, name, code, financed }) => ({
      id: `project:${id}`,
      label: name,
      note: code,
      financed,
    })),
    hosts: hosts.map(({ host, name, organisation }) => ({
      id: `host:${host.id}`,
      label: organisation,
      note: name,
    })),
  }
}

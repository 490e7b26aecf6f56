// A mail with nodemailer's field names, made ready for the Worker.

import { Draft } from './draft.js';
import { derived, given, participants } from './envelope.js';
import { known } from './known.js';
import { anySource, whole } from './source.js';

const FINISHED = ['raw', 'envelope', 'from', 'sender', 'to', 'cc', 'bcc'];
const FIELDS = [
  ...FINISHED,
  ...['replyTo', 'subject', 'text', 'html', 'alternatives', 'icalEvent', 'attachments', 'date', 'messageId'],
  ...['inReplyTo', 'references', 'list', 'headers', 'priority'],
];
// Of these, the message has no trace.
const BESIDE = ['dkim', 'dsn', 'disableFileAccess', 'disableUrlAccess'];

/**
 * Returns `{ envelope, message }` of a finished message, and otherwise `{ steps, streams }`: the calls of the draft,
 * and the contents of attachments that are read while they are sent. An envelope replaces the draft's own.
 */
export async function prepared(fields, { mayStream }) {
  const isFinished = fields?.raw != null;
  const mail = known('a mail', fields, [...(isFinished ? FINISHED : FIELDS), ...BESIDE]);
  return isFinished ? finished(mail, mayStream) : composed(mail, mayStream);
}

async function finished(mail, mayStream) {
  const envelope = mail.envelope ? given(mail.envelope) : derived(participants(mail));
  const raw = await anySource('raw', mail.raw, mail);
  return { envelope, message: mayStream ? raw : await whole(raw) };
}

async function composed(mail, mayStream) {
  const people = participants(mail);
  const envelope = mail.envelope ? given(mail.envelope) : undefined;
  const draft = new Draft(mail, mayStream && !envelope);
  draft.addPeople(people);
  await draft.addTexts();
  await draft.addAttachments();
  const { steps, streams } = draft;
  // The component tells its Message-ID only if it returns the message.
  if (streams.length > 0) mail.messageId ||= `${crypto.randomUUID()}@${domain(people)}`;
  draft.addFields();
  if (streams.length === 0) return { steps, streams, envelope };
  const messageId = `<${mail.messageId.replace(/^<|>$/g, '')}>`;
  return { steps, streams, envelope: derived(people), messageId };
}

function domain({ from }) {
  return from[0]?.mailbox.split('@').at(-1) ?? 'localhost';
}

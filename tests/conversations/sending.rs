//! Several messages over one session, without a socket: transactions, and pipelining after the end of a
//! message.

use envoi::smtp::config::{PartialDelivery, Protocol};
use envoi::smtp::envelope::Envelope;
use envoi::smtp::error::{Error, Phase};
use envoi::smtp::outgoing_message::{EarlyContent, OutgoingMessage};
use envoi::smtp::parameters::Options;
use envoi::smtp::receipt::Receipt;
use envoi::smtp::sending::{AfterLast, Delivery, Freshness, Queue, Request, Sending, TimeLeft};
use envoi::smtp::session::{Action, Session};

use crate::conversation::{Conversation, once, setup};

/// A driver without a network: the script is the server.
struct Script<'d, 'm> {
    sending: Sending<'d, 'm>,
    request: Request<'m>,
}

impl Script<'_, '_> {
    /// Does the requests until the server's reply is needed.
    fn advance(&mut self, session: &mut Session) {
        loop {
            let result = match self.request {
                Request::Done => return,
                Request::Write(pieces) => pieces
                    .into_iter()
                    .try_for_each(|piece| session.write(piece)),
                Request::Quit => {
                    session.quit().unwrap();
                    self.request = Request::Run;
                    continue;
                }
                Request::Run => match session.next_action() {
                    Ok(Action::Idle) => Ok(()),
                    Ok(_) => return,
                    Err(error) => Err(session.fail(error)),
                },
            };
            self.request = self.sending.next(session, result, &|| TimeLeft::Some);
        }
    }

    fn end(&mut self, session: &mut Session) {
        let error = session.fail(Error::Disconnected(session.phase()));
        self.request = self.sending.next(session, Err(error), &|| TimeLeft::Some);
        self.advance(session);
    }

    /// Follows a script. The client must send the lines with `C: `, the server sends those with `S: `, and
    /// `S: END` ends the connection.
    fn run(&mut self, talk: &mut Conversation, script: &str) {
        let lines: Vec<&str> = script.lines().map(str::trim).collect();
        let lines: Vec<&str> = lines.into_iter().filter(|l| !l.is_empty()).collect();
        self.advance(&mut talk.session);
        for flight in lines.chunk_by(|a, b| a[..3] == b[..3] && !b.ends_with("END")) {
            let text = flight.iter().map(|line| format!("{}\r\n", &line[3..]));
            let text: String = text.collect();
            match &flight[0][..3] {
                "C: " => assert_eq!(talk.said(), text),
                _ if text == "END\r\n" => self.end(&mut talk.session),
                _ => {
                    talk.session.receive(text.as_bytes()).unwrap();
                    self.advance(&mut talk.session);
                }
            }
        }
    }
}

/// The result for each recipient: accepted, refused, unknown, unsent.
fn ends(outcome: &Result<Receipt, Error>) -> String {
    let receipt = match outcome {
        Ok(receipt) => receipt,
        Err(error) => return format!("{error:?}").chars().take(40).collect(),
    };
    let mut ends = Vec::new();
    for (what, replies) in [
        ("accepted", &receipt.accepted),
        ("refused", &receipt.refused),
    ] {
        ends.extend(replies.iter().map(|r| format!("{} {what}", r.recipient)));
    }
    ends.extend(receipt.unknown.iter().map(|r| format!("{r} unknown")));
    ends.extend(
        receipt
            .unsent
            .iter()
            .map(|u| format!("{} unsent", u.recipient)),
    );
    ends.join(", ").replace("@mail.test", "")
}

/// Runs the script of a session in which a message to each of these lists of recipients is sent. Returns each
/// message's result; `None` is a message that needs another connection.
fn send(
    recipients: &[&[&str]],
    freshness: Freshness,
    extensions: &[&str],
    script: &str,
) -> Vec<Option<String>> {
    send_known(recipients.len(), recipients, freshness, extensions, script)
}

/// Messages of which the later ones come while others end.
struct Arriving<'m> {
    deliveries: Vec<Delivery<'m>>,
    known: usize,
}

impl<'m> Queue<'m> for Arriving<'m> {
    fn count(&self) -> usize {
        self.known
    }

    fn at(&mut self, index: usize) -> &mut Delivery<'m> {
        &mut self.deliveries[index]
    }

    fn take_more(&mut self) {
        self.known = self.deliveries.len().min(self.known + 1);
    }
}

/// As [`send`], if only so many messages are known at first.
fn send_known(
    known: usize,
    recipients: &[&[&str]],
    freshness: Freshness,
    extensions: &[&str],
    script: &str,
) -> Vec<Option<String>> {
    let options = Options::default();
    let message = |recipients: &&[&str]| {
        let names: Vec<String> = recipients
            .iter()
            .map(|r| format!("{r}@mail.test"))
            .collect();
        let envelope = Envelope::parse(Some("a@client.test"), &names, Protocol::Smtp).unwrap();
        let (partial, early) = (PartialDelivery::Allowed, EarlyContent::Forbidden);
        OutgoingMessage::new(envelope, &options, b"Hi\r\n", partial, early).unwrap()
    };
    let messages: Vec<_> = recipients.iter().map(message).collect();
    let ends = std::cell::RefCell::new(Vec::new());
    once(setup, |talk| {
        talk.open(extensions);
        let mut queue = Arriving {
            deliveries: messages.iter().map(Delivery::new).collect(),
            known,
        };
        let mut script_runner = Script {
            sending: Sending::new(&mut queue, freshness, AfterLast::StayOpen),
            request: Request::Run,
        };
        script_runner.run(talk, script);
        assert_eq!(script_runner.request, Request::Done, "{}", talk.said());
        for delivery in queue.deliveries {
            let is_done = delivery.job.is_done();
            let outcome = delivery.job.outcome();
            ends.borrow_mut()
                .push(is_done.then(|| self::ends(&outcome)));
        }
    });
    ends.into_inner()
}

const B: &[&str] = &["b"];
const C: &[&str] = &["c"];

/// A message to `B`, and the envelope of the next, to `C`, together with its end.
const PIPELINED: &str = "C: MAIL FROM:<a@client.test>
         C: RCPT TO:<b@mail.test>
         C: DATA
         S: 250 ok
         S: 250 ok
         S: 354 go
         C: Hi
         C: .
         C: MAIL FROM:<a@client.test>
         C: RCPT TO:<c@mail.test>
         C: DATA";

/// The same with two recipients each, of which x is refused.
const PIPELINED_PAIRS: &str = "C: MAIL FROM:<a@client.test>
         C: RCPT TO:<b@mail.test>
         C: RCPT TO:<x@mail.test>
         C: DATA
         S: 250 ok
         S: 250 ok
         S: 550 no such x
         S: 354 go
         C: Hi
         C: .
         C: MAIL FROM:<a@client.test>
         C: RCPT TO:<c@mail.test>
         C: RCPT TO:<y@mail.test>
         C: DATA";

fn told(ends: &[Option<String>]) -> Vec<&str> {
    ends.iter()
        .map(|end| end.as_deref().unwrap_or("another connection"))
        .collect()
}

#[test]
fn the_end_of_one_message_and_the_envelope_of_the_next_leave_together() {
    let ends = send(
        &[B, C],
        Freshness::New,
        &["PIPELINING"],
        &format!(
            "{PIPELINED}
         S: 250 queued
         S: 250 ok
         S: 250 ok
         S: 354 go
         C: Hi
         C: .
         S: 250 queued"
        ),
    );
    assert_eq!(told(&ends), ["b accepted", "c accepted"]);
}

#[test]
fn a_message_that_comes_while_another_ends_is_pipelined_too() {
    let ends = send_known(
        1,
        &[B, C],
        Freshness::New,
        &["PIPELINING"],
        &format!(
            "{PIPELINED}
         S: 250 queued
         S: 250 ok
         S: 250 ok
         S: 354 go
         C: Hi
         C: .
         S: 250 queued"
        ),
    );
    assert_eq!(told(&ends), ["b accepted", "c accepted"]);
}

#[test]
fn a_refused_message_does_not_stop_the_one_whose_envelope_left_with_its_end() {
    let ends = send(
        &[&["b", "x"], &["c", "y"]],
        Freshness::New,
        &["PIPELINING"],
        &format!(
            "{PIPELINED_PAIRS}
         S: 554 not this one
         S: 250 ok
         S: 250 ok
         S: 550 no such y
         S: 354 go
         C: Hi
         C: .
         S: 250 queued"
        ),
    );
    assert!(
        told(&ends)[0].starts_with("Rejected(Acceptance"),
        "{ends:?}"
    );
    assert_eq!(told(&ends)[1], "c accepted, y refused");
}

#[test]
fn each_of_two_refused_messages_keeps_its_own_refused_recipients() {
    let ends = send(
        &[&["b", "x"], &["c", "y"]],
        Freshness::New,
        &["PIPELINING"],
        &format!(
            "{PIPELINED_PAIRS}
         S: 554 not this one
         S: 250 ok
         S: 550 no such c
         S: 550 no such y
         S: 503 no recipients"
        ),
    );
    assert!(
        told(&ends)[0].starts_with("Rejected(Acceptance"),
        "{ends:?}"
    );
    assert!(told(&ends)[1].starts_with("RecipientsRefused"), "{ends:?}");
}

#[test]
fn an_envelope_that_the_server_did_not_expect_is_sent_again_alone() {
    let ends = send(
        &[B, C],
        Freshness::New,
        &["PIPELINING"],
        &format!(
            "{PIPELINED}
         S: 250 queued
         S: 503 no
         S: 503 no
         S: 503 no
         C: RSET
         C: MAIL FROM:<a@client.test>
         C: RCPT TO:<c@mail.test>
         C: DATA
         S: 250 ok
         S: 250 ok
         S: 250 ok
         S: 354 go
         C: Hi
         C: .
         S: 250 queued"
        ),
    );
    assert_eq!(told(&ends), ["b accepted", "c accepted"]);
}

#[test]
fn an_envelope_that_is_lost_behind_a_message_needs_another_connection() {
    let ends = send(
        &[B, C],
        Freshness::New,
        &["PIPELINING"],
        &format!(
            "{PIPELINED}
         S: 250 queued
         S: END"
        ),
    );
    assert_eq!(told(&ends), ["b accepted", "another connection"]);
}

#[test]
fn a_kept_connection_that_has_ended_leads_to_another_one() {
    let ends = send(
        &[B],
        Freshness::Kept,
        &[],
        "C: MAIL FROM:<a@client.test>\nS: END",
    );
    assert_eq!(told(&ends), ["another connection"]);
    let ends = send(
        &[B],
        Freshness::New,
        &[],
        "C: MAIL FROM:<a@client.test>\nS: END",
    );
    assert!(told(&ends)[0].starts_with("Disconnected(Mail"), "{ends:?}");
}

#[test]
fn recipients_that_are_too_many_get_another_transaction() {
    let ends = send(
        &[&["b", "c", "d"]],
        Freshness::New,
        &[],
        "C: MAIL FROM:<a@client.test>
         S: 250 ok
         C: RCPT TO:<b@mail.test>
         S: 250 ok
         C: RCPT TO:<c@mail.test>
         S: 452 4.5.3 too many
         C: RCPT TO:<d@mail.test>
         S: 452 4.5.3 too many
         C: DATA
         S: 354 go
         C: Hi
         C: .
         S: 250 queued
         C: MAIL FROM:<a@client.test>
         S: 250 ok
         C: RCPT TO:<c@mail.test>
         S: 250 ok
         C: DATA
         S: 354 go
         C: Hi
         C: .
         S: END",
    );
    assert_eq!(told(&ends), ["another connection"]);
}

#[test]
fn a_server_that_takes_one_message_a_session_is_left_with_quit() {
    let ends = send(
        &[B, C],
        Freshness::New,
        &["LIMITS MAILMAX=1"],
        "C: MAIL FROM:<a@client.test>
         S: 250 ok
         C: RCPT TO:<b@mail.test>
         S: 250 ok
         C: DATA
         S: 354 go
         C: Hi
         C: .
         S: 250 queued
         C: QUIT
         S: 221 bye",
    );
    assert_eq!(told(&ends), ["b accepted", "another connection"]);
}

#[test]
fn a_server_that_has_no_room_for_a_chunk_gets_the_next_message_over_another_connection() {
    let alone = "C: MAIL FROM:<a@client.test>
         S: 250 ok
         C: RCPT TO:<b@mail.test>
         S: 250 ok
         C: BDAT 4 LAST
         C: Hi
         S: 452 no room
         C: QUIT
         S: 221 bye";
    let followed = "C: MAIL FROM:<a@client.test>
         C: RCPT TO:<b@mail.test>
         S: 250 ok
         S: 250 ok
         C: BDAT 4 LAST
         C: Hi
         C: MAIL FROM:<a@client.test>
         C: RCPT TO:<c@mail.test>
         S: 452 no room
         S: 250 ok
         S: 250 ok";
    for (extensions, script) in [
        (&["CHUNKING"][..], alone),
        (&["CHUNKING", "PIPELINING"], followed),
    ] {
        let ends = send(&[B, C], Freshness::New, extensions, script);
        assert!(
            told(&ends)[0].starts_with("Rejected(Acceptance"),
            "{ends:?}"
        );
        assert_eq!(told(&ends)[1], "another connection");
    }
}

#[test]
fn the_phase_of_a_lost_message_says_that_it_may_have_been_delivered() {
    let ends = send(
        &[B],
        Freshness::New,
        &["PIPELINING"],
        "C: MAIL FROM:<a@client.test>
         C: RCPT TO:<b@mail.test>
         C: DATA
         S: 250 ok
         S: 250 ok
         S: 354 go
         C: Hi
         C: .
         S: END",
    );
    assert_eq!(
        told(&ends),
        [format!("{:?}", Error::Disconnected(Phase::Acceptance))]
    );
}

#[test]
fn ten_thousand_messages_that_cannot_be_sent_need_no_deep_stack() {
    let options = {
        let mut options = Options::default();
        options.set_require_tls(true);
        options
    };
    let envelope = Envelope::parse(Some("a@c.test"), &["b@mail.test".into()], Protocol::Smtp);
    let (partial, early) = (PartialDelivery::Allowed, EarlyContent::Forbidden);
    let message =
        OutgoingMessage::new(envelope.unwrap(), &options, b"Hi\r\n", partial, early).unwrap();
    once(setup, |talk| {
        talk.open(&[]);
        let mut deliveries: Vec<_> = (0..10_000).map(|_| Delivery::new(&message)).collect();
        let mut sending = Sending::new(&mut deliveries, Freshness::New, AfterLast::StayOpen);
        let request = sending.next(&mut talk.session, Ok(()), &|| TimeLeft::Some);
        assert_eq!(request, Request::Done);
        assert!(deliveries.iter().all(|delivery| delivery.job.is_done()));
    });
}

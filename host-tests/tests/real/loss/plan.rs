//! What a hunt does, made from its seed: the messages, the calls that send them, and the server's faults.

use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;
use servers::real::REJECTED;

pub(crate) struct Message {
    /// No two messages have one in common, but for the refused one.
    pub recipients: Vec<String>,
    pub content: Vec<u8>,
}

impl Message {
    /// The same seed and number give the same message.
    pub(crate) fn new(seed: u64, number: usize) -> Message {
        let mut random = random(seed, "message", number);
        let others = match random.u8(0..10) {
            // More than the server takes in a transaction.
            0 => 7,
            1 => 3,
            2 => 2,
            _ => 1,
        };
        let mut recipients: Vec<String> = (0..others)
            .map(|other| format!("m{number}-{other}@example.test"))
            .collect();
        if random.u8(0..10) == 0 {
            recipients.push(REJECTED.to_owned());
        }
        Message {
            recipients,
            content: content(seed, number, &mut random),
        }
    }
}

/// The number of the message that this recipient gets.
pub(crate) fn number_of(recipient: &str) -> Option<usize> {
    recipient.strip_prefix('m')?.split('-').next()?.parse().ok()
}

/// Most messages have a few lines, some more than one chunk of BDAT.
fn content(seed: u64, number: usize, random: &mut Rng) -> Vec<u8> {
    let lines = match random.u8(0..20) {
        0 => random.usize(1_000..3_000),
        1..4 => random.usize(50..400),
        _ => random.usize(0..20),
    };
    let mut content = format!(
        "From: <sender@example.test>\r\nTo: <user@example.test>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n\
         Message-ID: <{number}.{seed}@example.test>\r\nSubject: {number}\r\n\r\n"
    );
    for _ in 0..lines {
        // A dot that begins a line is doubled on its way.
        let start = if random.u8(0..4) == 0 { "." } else { "" };
        let width = random.usize(0..70);
        let text: String = (0..width).map(|_| random.alphanumeric()).collect();
        content += &format!("{start}{text}\r\n");
    }
    content.into_bytes()
}

/// A call that sends these messages.
pub(crate) enum Job {
    Send(usize),
    SendAll(Range<usize>),
    /// By `start-message`, in pieces of so many octets.
    Pieces(usize, usize),
}

pub(crate) fn jobs(seed: u64, messages: usize) -> Vec<Job> {
    let mut random = random(seed, "jobs", 0);
    let (mut jobs, mut next) = (Vec::new(), 0);
    while next < messages {
        let first = next;
        next += 1;
        jobs.push(match random.u8(0..4) {
            0 => Job::Pieces(first, random.usize(1..2_000)),
            1 => {
                next = (first + random.usize(2..10)).min(messages);
                Job::SendAll(first..next)
            }
            _ => Job::Send(first),
        });
    }
    jobs
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    Suspend,
    Restart,
    FullDisk,
}

impl Fault {
    pub(crate) const ALL: [Fault; 4] =
        [Fault::Kill, Fault::Suspend, Fault::Restart, Fault::FullDisk];
}

/// Once `after` messages have an outcome, the server has this fault for so long.
#[derive(Debug)]
pub(crate) struct Due {
    pub after: usize,
    pub fault: Fault,
    pub length: Duration,
}

/// One fault for so many messages. Each kind comes in turn, in an order of the seed.
pub(crate) fn faults(seed: u64, messages: usize, every: usize) -> Vec<Due> {
    let mut random = random(seed, "faults", 0);
    let mut due = Vec::new();
    let mut round = Vec::new();
    for start in (0..messages - every).step_by(every) {
        if round.is_empty() {
            round.extend(Fault::ALL);
            random.shuffle(&mut round);
        }
        let fault = round.pop().expect("it was filled");
        let longest = if fault == Fault::Suspend { 2_500 } else { 400 };
        due.push(Due {
            after: start + random.usize(1..=every),
            fault,
            length: Duration::from_millis(random.u64(0..longest)),
        });
    }
    due
}

fn random(seed: u64, what: &str, number: usize) -> Rng {
    let name = what.bytes().fold(seed, |sum, octet| {
        sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(octet)
    });
    Rng::with_seed(name ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

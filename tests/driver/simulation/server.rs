//! A model of a server: an honest one, which says what it does, unless something happens to it.

use std::rc::Rc;
use std::time::Duration;

use envoi::smtp::config::Protocol;

use super::ledger::{Form, Ledger};
use super::plan::{BehindMessage, Chaos, ServerPlan};
use super::transaction::Transaction;
use super::world::World;

/// What a server does, in order.
pub(crate) enum Act {
    Pause(Duration),
    Say(Vec<u8>),
    Close,
    Reset,
}

/// What one write of the client has brought.
pub(crate) struct Segment {
    pub octets: Vec<u8>,
    /// When it was written.
    pub step: u32,
    /// Whether the client had heard all replies by then.
    pub heard_all: bool,
}

pub(crate) struct Server {
    world: Rc<World>,
    plan: Rc<ServerPlan>,
    ledger: Rc<Ledger>,
    chaos: Chaos,
    number: u32,
    state: State,
    input: Vec<u8>,
    /// The step of the segment that it looks at.
    step: u32,
    /// Whether the client had heard all replies when it began the next line.
    heard_all: bool,
    /// The octets after which something happens, whatever they are.
    fuse: Option<usize>,
    is_greeted: bool,
    login: Login,
    transaction: Option<Transaction>,
    transactions: usize,
    acts: Vec<Act>,
}

enum State {
    Commands,
    /// The start of the line was discarded. Its rest is no command.
    RestOfLine,
    AuthResponse,
    Data,
    Chunk {
        left: usize,
        is_last: bool,
    },
    /// It reads, and says nothing.
    Silent,
    /// It does not even read.
    Stalled,
    Gone,
}

/// Whether the server has refused a login. The client has no other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    NotRefused,
    Refused,
    /// One envelope came after it, which may have left with it.
    RefusedWithEnvelope,
}

/// What happens to a server in place of its reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Close,
    Reset,
    Silence,
    Stall,
    /// Only a part of the reply leaves.
    Cut,
    /// 421 instead of the reply.
    Closing,
    /// No SMTP.
    Garbage,
    /// A reply of a class that the command does not have.
    Nonsense,
}

impl Server {
    pub(crate) fn new(
        world: &Rc<World>,
        plan: &Rc<ServerPlan>,
        ledger: &Rc<Ledger>,
        chaos: Chaos,
    ) -> Self {
        let fuse = chaos
            .strikes(world)
            .then(|| (1 << world.below(18)) + world.below(64));
        Self {
            world: world.clone(),
            plan: plan.clone(),
            ledger: ledger.clone(),
            chaos,
            number: world.step(),
            state: State::Commands,
            input: Vec::new(),
            step: 0,
            heard_all: true,
            fuse,
            is_greeted: false,
            login: Login::NotRefused,
            transaction: None,
            transactions: 0,
            acts: Vec::new(),
        }
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn is_stalled(&self) -> bool {
        matches!(self.state, State::Stalled)
    }

    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.state, State::Gone)
    }

    /// The client has gone.
    pub(crate) fn leave(&mut self) {
        self.state = State::Gone;
    }

    pub(crate) fn greet(&mut self) -> Vec<Act> {
        if self.world.chance(self.plan.refusals) {
            let code = self.world.pick(&[421, 450, 554]);
            self.reply(code, "no service");
            if code == 421 {
                self.close();
            }
        } else {
            self.reply(220, "mail.example.org ready");
        }
        std::mem::take(&mut self.acts)
    }

    /// How long it may be idle, and the step since which it is.
    pub(crate) fn idle_since(&self) -> Option<(Duration, u32)> {
        let is_idle = matches!(self.state, State::Commands) && self.transaction.is_none();
        let limit = self.plan.idle.filter(|_| is_idle)?;
        Some((limit, self.step))
    }

    /// Ends a session that has been idle since this step.
    pub(crate) fn time_out(&mut self, since: u32) -> Vec<Act> {
        if matches!(self.state, State::Commands) && self.step == since && self.input.is_empty() {
            if self.world.chance(70.0) {
                self.say(421, "4.4.2 idle for too long");
            }
            self.close();
        }
        std::mem::take(&mut self.acts)
    }

    pub(crate) fn receive(&mut self, segment: &Segment) -> Vec<Act> {
        self.step = segment.step;
        if self.input.is_empty() {
            self.heard_all = segment.heard_all;
        }
        let octets = match self.fuse {
            Some(left) if left <= segment.octets.len() => &segment.octets[..left],
            _ => &segment.octets[..],
        };
        self.input.extend(octets);
        self.process();
        match &mut self.fuse {
            Some(left) if *left <= segment.octets.len() => self.blow(),
            Some(left) => *left -= segment.octets.len(),
            None => {}
        }
        std::mem::take(&mut self.acts)
    }

    fn blow(&mut self) {
        self.fuse = None;
        let faults = [Fault::Close, Fault::Reset, Fault::Silence, Fault::Stall];
        let fault = self.world.pick(&faults);
        self.suffer(fault, 250, "");
    }

    fn process(&mut self) {
        loop {
            match self.state {
                State::Commands | State::RestOfLine | State::AuthResponse | State::Data => {
                    let Some(end) = memchr::memchr(b'\n', &self.input) else {
                        return;
                    };
                    let line: Vec<u8> = self.input.drain(..=end).collect();
                    self.hear(&line);
                }
                State::Chunk { left, is_last } => {
                    let taken: Vec<u8> = self.input.drain(..left.min(self.input.len())).collect();
                    if let Some(transaction) = &mut self.transaction {
                        transaction.content.extend(&taken);
                    }
                    let left = left - taken.len();
                    self.state = State::Chunk { left, is_last };
                    if left > 0 {
                        return;
                    }
                    self.end_chunk(is_last);
                }
                State::Silent | State::Stalled | State::Gone => return self.input.clear(),
            }
        }
    }

    fn hear(&mut self, line: &[u8]) {
        if matches!(self.state, State::RestOfLine) {
            self.state = State::Commands;
            return self.reply(500, "what?");
        }
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return self.violates(line, "ends in LF alone");
        };
        if memchr::memchr(b'\r', line).is_some() {
            return self.violates(line, "has a CR alone");
        }
        match self.state {
            State::Data if line == b"." => {
                self.state = State::Commands;
                self.end_message();
            }
            State::Data => {
                let line = line.strip_prefix(b".").unwrap_or(line);
                if let Some(transaction) = &mut self.transaction {
                    transaction.content.extend(line);
                    transaction.content.extend(b"\r\n");
                }
            }
            _ => {
                if !self.heard_all && !self.plan.pipelining {
                    self.violates(line, "comes before the replies, without PIPELINING");
                }
                self.heard_all = false;
                match std::str::from_utf8(line) {
                    Ok(line) => self.command(line),
                    Err(_) => self.violates(line, "is not UTF-8"),
                }
            }
        }
    }

    fn violates(&mut self, line: &[u8], what: &str) {
        let line = format!("the line {:?} {what}", line.escape_ascii().to_string());
        self.world.violates(|| line);
        self.leave();
    }

    // --- commands -----------------------------------------------------------------------------

    fn command(&mut self, line: &str) {
        if matches!(self.state, State::AuthResponse) {
            self.state = State::Commands;
            return self.end_auth();
        }
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let is_lmtp = self.plan.protocol == Protocol::Lmtp;
        match verb {
            "EHLO" if !self.plan.knows_ehlo => self.reply(502, "5.5.1 no EHLO"),
            "EHLO" if !is_lmtp => self.hello(),
            "LHLO" if is_lmtp => self.hello(),
            "HELO" if !is_lmtp => {
                self.is_greeted = true;
                self.reply(250, "mail.example.org");
            }
            "EHLO" | "HELO" | "LHLO" => self.reply(500, "5.5.1 the other protocol"),
            "AUTH" if self.plan.auth && rest == "PLAIN" => {
                self.state = State::AuthResponse;
                self.reply(334, "");
            }
            "AUTH" if self.plan.auth => self.end_auth(),
            // It has said 334 without a reason.
            "*" => self.reply(501, "5.7.0 no AUTH"),
            "MAIL" => self.mail(line),
            "RCPT" => self.rcpt(line),
            "DATA" => self.data(),
            "BDAT" if self.plan.chunking => self.chunk(rest),
            "RSET" => {
                self.transaction = None;
                self.reply(250, "reset");
            }
            "NOOP" => self.reply(250, "still here"),
            "QUIT" => {
                self.reply(221, "bye");
                self.close();
            }
            _ => self.violates(line.as_bytes(), "is no command that this server offers"),
        }
    }

    fn hello(&mut self) {
        self.is_greeted = true;
        self.transaction = None;
        let plan = &self.plan;
        let limits: Vec<String> = [
            ("MAILMAX", plan.transactions),
            (
                "RCPTMAX",
                plan.recipients
                    .filter(|(_, said)| *said)
                    .map(|(limit, _)| limit),
            ),
            ("RCPTDOMAINMAX", plan.domains),
        ]
        .into_iter()
        .filter_map(|(name, limit)| Some(format!("{name}={}", limit?)))
        .collect();
        let lines = [
            Some("mail.example.org".into()),
            plan.pipelining.then(|| "PIPELINING".into()),
            plan.chunking.then(|| "CHUNKING".into()),
            plan.auth.then(|| "AUTH PLAIN".into()),
            plan.smtputf8.then(|| "SMTPUTF8".into()),
            plan.eight_bit.then(|| "8BITMIME".into()),
            plan.size.map(|limit| format!("SIZE {limit}")),
            (!limits.is_empty()).then(|| format!("LIMITS {}", limits.join(" "))),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        self.reply(250, &lines.join("\n"));
    }

    fn end_auth(&mut self) {
        if self.world.chance(self.plan.refusals) {
            self.login = Login::Refused;
            let code = self.world.pick(&[535, 454, 504]);
            return self.reply(code, "no login");
        }
        self.reply(235, "welcome");
    }

    fn mail(&mut self, line: &str) {
        let sender = line
            .strip_prefix("MAIL FROM:<")
            .and_then(|rest| rest.split_once('>'));
        let Some((sender, parameters)) = sender else {
            return self.violates(line.as_bytes(), "is no MAIL");
        };
        self.login = match self.login {
            Login::NotRefused => Login::NotRefused,
            Login::Refused => Login::RefusedWithEnvelope,
            Login::RefusedWithEnvelope => {
                return self.violates(line.as_bytes(), "comes after a refused login");
            }
        };
        if self.transaction.is_some() || !self.is_greeted {
            return self.reply(503, "5.5.1 no MAIL now");
        }
        if let Err(keyword) = self.check(parameters) {
            return self.violates(line.as_bytes(), &format!("has {keyword}, not offered"));
        }
        self.ledger.is_heard(sender, self.step);
        self.transactions += 1;
        if self
            .plan
            .transactions
            .is_some_and(|limit| self.transactions > limit)
        {
            if self.ledger.form(sender) == Some(Form::Whole) {
                return self.violates(line.as_bytes(), "is over MAILMAX");
            }
            return self.reply(452, "4.5.3 too many messages in this session");
        }
        if self.world.chance(self.plan.refusals) {
            let code = self.world.pick(&[421, 450, 451, 550, 553]);
            return self.reply(code, &format!("no mail from <{sender}>"));
        }
        let is_taken = self.answers(250, &format!("<{sender}> is welcome"));
        self.transaction = is_taken.then(|| Transaction::new(sender));
    }

    /// The keyword of a parameter that needs an extension which is not offered.
    fn check<'a>(&self, parameters: &'a str) -> Result<(), &'a str> {
        for parameter in parameters.split_whitespace() {
            let (keyword, _) = parameter.split_once('=').unwrap_or((parameter, ""));
            let is_offered = match keyword {
                "SIZE" => self.plan.size.is_some(),
                "BODY" => self.plan.eight_bit,
                "SMTPUTF8" => self.plan.smtputf8,
                "AUTH" => self.plan.auth,
                _ => false,
            };
            if !(is_offered && self.plan.knows_ehlo) {
                return Err(keyword);
            }
        }
        Ok(())
    }

    fn rcpt(&mut self, line: &str) {
        let recipient = line
            .strip_prefix("RCPT TO:<")
            .and_then(|rest| rest.strip_suffix('>'));
        let Some(recipient) = recipient else {
            return self.violates(line.as_bytes(), "is no RCPT");
        };
        let Some(transaction) = &mut self.transaction else {
            return self.reply(503, &format!("5.5.1 MAIL first, <{recipient}>"));
        };
        self.ledger.is_heard(&transaction.sender, self.step);
        if transaction.is_spoilt {
            return self.reply(503, &format!("5.5.1 RSET first, <{recipient}>"));
        }
        let (limit, is_said) = self.plan.recipients.unwrap_or((usize::MAX, false));
        transaction.asked.push(recipient.into());
        let is_over = is_said && transaction.asked.len() > limit
            || self
                .plan
                .domains
                .is_some_and(|limit| transaction.domains() > limit);
        let is_full = transaction.recipients.len() >= limit;
        let form = self.ledger.form(&transaction.sender);
        if is_over && form != Some(Form::InPieces) {
            return self.violates(line.as_bytes(), "is over what LIMITS says");
        }
        if is_over || is_full {
            let text = self.world.pick(&["4.5.3 ", ""]);
            return self.reply(452, &format!("{text}too many with <{recipient}>"));
        }
        if self.world.chance(self.plan.refusals) {
            let (code, text) = self.world.pick(&[
                (550, "5.1.1 "),
                (450, "4.2.1 "),
                (451, ""),
                (452, ""),
                (553, ""),
            ]);
            return self.reply(code, &format!("{text}no <{recipient}> here"));
        }
        let is_taken = self.answers(250, &format!("<{recipient}> is welcome"));
        if let Some(transaction) = &mut self.transaction
            && is_taken
        {
            transaction.recipients.push(recipient.into());
        }
    }

    // --- the message --------------------------------------------------------------------------

    fn data(&mut self) {
        let Some(transaction) = &self.transaction else {
            return self.say(503, "5.5.1 MAIL first");
        };
        let sender = transaction.sender.clone();
        self.ledger.is_heard(&sender, self.step);
        let is_empty = transaction.recipients.is_empty();
        if is_empty && self.world.chance(70.0) {
            return self.say(503, "5.5.1 RCPT first");
        }
        // Without faults, one of which is a 354.
        if self.world.chance(self.plan.refusals) {
            let code = self.world.pick(&[451, 554]);
            return self.say(code, &format!("no data from <{sender}>"));
        }
        if self.answers(354, &format!("go ahead, <{sender}>")) {
            self.state = State::Data;
        }
    }

    fn chunk(&mut self, arguments: &str) {
        let (size, last) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let Ok(left) = size.parse() else {
            return self.violates(arguments.as_bytes(), "has no size");
        };
        if let Some(transaction) = &self.transaction {
            self.ledger.is_heard(&transaction.sender, self.step);
        }
        let is_last = last == "LAST";
        self.state = State::Chunk { left, is_last };
    }

    fn end_chunk(&mut self, is_last: bool) {
        self.state = State::Commands;
        let Some(transaction) = &mut self.transaction else {
            return self.reply(503, "5.5.1 MAIL first");
        };
        if transaction.recipients.is_empty() || transaction.is_spoilt {
            transaction.is_spoilt = true;
            return self.reply(503, "5.5.1 RCPT first");
        }
        if is_last {
            return self.end_message();
        }
        let sender = transaction.sender.clone();
        if self.world.chance(self.plan.refusals) {
            transaction.is_spoilt = true;
            return self.reply(452, &format!("no room for <{sender}>"));
        }
        if !self.answers(250, &format!("chunk from <{sender}> taken"))
            && let Some(transaction) = &mut self.transaction
        {
            transaction.is_spoilt = true;
        }
    }

    fn end_message(&mut self) {
        let Some(transaction) = self.transaction.take() else {
            return;
        };
        self.ledger.is_heard(&transaction.sender, self.step);
        if transaction.recipients.is_empty() {
            self.reply(554, "5.5.1 no valid recipients");
        } else if self.plan.protocol == Protocol::Smtp {
            self.judge(&transaction, &transaction.recipients);
        } else {
            for recipient in transaction.recipients.chunks(1) {
                self.judge(&transaction, recipient);
            }
        }
        // A server that fell silent over the message has nothing to say to what is behind it.
        if !matches!(self.state, State::Commands) {
            return;
        }
        match self.plan.behind_message {
            BehindMessage::Kept => {}
            BehindMessage::Discarded => self.discard_what_is_there(),
            BehindMessage::Refused => self.refuse_what_is_there(),
        }
    }

    /// Delivers to these recipients, or not.
    fn judge(&mut self, transaction: &Transaction, recipients: &[String]) {
        if !matches!(self.state, State::Commands) {
            return;
        }
        let (sender, number) = (&transaction.sender, self.world.step());
        if self.world.chance(self.plan.refusals) {
            let code = self.world.pick(&[421, 451, 452, 550, 552, 554]);
            self.reply(code, &format!("no message from <{sender}>"));
            return;
        }
        let fault = self.fault();
        let is_delivered = match fault {
            None => true,
            Some(Fault::Closing) => false,
            Some(_) => self.world.chance(50.0),
        };
        if is_delivered {
            self.ledger.deliver(number, transaction, recipients);
        }
        let text = format!("message {number} from <{sender}> is queued");
        match fault {
            None => self.say(250, &text),
            Some(fault) => self.suffer(fault, 250, &text),
        }
    }

    fn discard_what_is_there(&mut self) {
        let discarded = std::mem::take(&mut self.input);
        if discarded.last().is_some_and(|last| *last != b'\n') {
            self.state = State::RestOfLine;
        }
    }

    fn refuse_what_is_there(&mut self) {
        while let Some(end) = memchr::memchr(b'\n', &self.input) {
            self.input.drain(..=end);
            self.say(503, "5.5.1 not yet");
        }
    }

    // --- replies ------------------------------------------------------------------------------

    fn reply(&mut self, code: u16, text: &str) {
        self.answers(code, text);
    }

    /// Replies, unless something happens. False if it does.
    fn answers(&mut self, code: u16, text: &str) -> bool {
        match self.fault() {
            Some(fault) => {
                self.suffer(fault, code, text);
                false
            }
            None => {
                self.say(code, text);
                if code == 421 {
                    self.close();
                }
                true
            }
        }
    }

    fn fault(&self) -> Option<Fault> {
        self.chaos.strikes(&self.world).then(|| {
            self.world.pick(&[
                Fault::Close,
                Fault::Reset,
                Fault::Silence,
                Fault::Stall,
                Fault::Cut,
                Fault::Cut,
                Fault::Closing,
                Fault::Garbage,
                Fault::Nonsense,
            ])
        })
    }

    fn suffer(&mut self, fault: Fault, code: u16, text: &str) {
        match fault {
            Fault::Close => self.close(),
            Fault::Reset => {
                self.acts.push(Act::Reset);
                self.leave();
            }
            Fault::Silence => self.state = State::Silent,
            Fault::Stall => self.state = State::Stalled,
            Fault::Cut => {
                let mut reply = self.lines(code, text);
                reply.truncate(self.world.below(reply.len()));
                if !reply.is_empty() {
                    self.acts.push(Act::Say(reply));
                }
                let faults = [Fault::Close, Fault::Reset, Fault::Silence];
                self.suffer(self.world.pick(&faults), code, "");
            }
            Fault::Closing => {
                self.say(421, &format!("closing: {text}"));
                self.close();
            }
            Fault::Garbage => self.acts.push(Act::Say(b"garbage\r\n".to_vec())),
            Fault::Nonsense => {
                let code = self
                    .world
                    .pick(&[150, 334, if code == 354 { 250 } else { 354 }]);
                self.say(code, text);
            }
        }
    }

    fn close(&mut self) {
        if !self.is_gone() {
            self.acts.push(Act::Close);
            self.leave();
        }
    }

    fn say(&mut self, code: u16, text: &str) {
        let mut pause = self.world.millis(self.plan.pause);
        if self.chaos.strikes(&self.world) {
            pause += self.world.millis(1_200_000);
        }
        self.acts.push(Act::Pause(pause));
        let lines = self.lines(code, text);
        self.acts.push(Act::Say(lines));
    }

    /// A reply of one line or more.
    fn lines(&self, code: u16, text: &str) -> Vec<u8> {
        let mut lines: Vec<&str> = text.split('\n').collect();
        if code != 220 && self.world.chance(20.0) {
            lines.push("and so on");
        }
        let last = lines.len() - 1;
        let end = if self.world.chance(2.0) { "\n" } else { "\r\n" };
        let mut reply = String::new();
        for (number, line) in lines.into_iter().enumerate() {
            let separator = if number < last { '-' } else { ' ' };
            reply.push_str(&format!("{code}{separator}{line}{end}"));
        }
        reply.into_bytes()
    }
}

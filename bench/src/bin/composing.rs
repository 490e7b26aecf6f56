//! Measures composing and signing a message in the component, by turns with nodemailer in Node, for a table in
//! bench/results.md.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use bench::host::bindings::exports::envoi::mail::compose::{Address, Attachment};
use bench::host::{self, Host, Instance, Threads};
use bench::machine;
use bench::page::{Page, table};
use bench::stats::Runs;
use wasmtime::component::{Component, ResourceAny};
use wasmtime::error::Context;
use wasmtime::{Result, bail, ensure};

const NODEMAILER: &str = "nodemailer@10.6.1";
const PROGRAM: &str = include_str!("composing/nodemailer.mjs");
/// An RSA key of 2048 bits, of the tests.
const KEY: &str = include_str!("../../../tests/tls/rsa-2048.pem");
const DOMAIN: &str = "example.org";
const SELECTOR: &str = "bench";

/// Messages of one measurement.
const MESSAGES: u32 = 20;
const RUNS: usize = 21;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [portable, wide, page] = arguments.as_slice() else {
        bail!("usage: composing PORTABLE.wasm WIDE.wasm PAGE.md");
    };
    let (mut portable, mut wide) = (Composer::load(portable)?, Composer::load(wide)?);
    let mut nodemailer = Nodemailer::start()?;
    let mut rows = vec![
        ["", "nodemailer", "envoi.wasm", "envoi-wide.wasm"]
            .map(String::from)
            .to_vec(),
    ];
    for (what, signed) in [("composed", false), ("composed and signed", true)] {
        let runs = (0..RUNS)
            .map(|_| {
                Ok((
                    nodemailer.time(signed)?,
                    portable.time(signed)?,
                    wide.time(signed)?,
                ))
            })
            .collect::<Result<Vec<_>>>()?;
        let column = |of: fn(&(f64, f64, f64)) -> f64| Runs::new(runs.iter().map(of).collect());
        let (peer, ours, wides) = (
            column(|run| run.0),
            column(|run| run.1),
            column(|run| run.2),
        );
        let beside =
            |runs: &Runs| format!("{} = {:.2} ×", runs.show(2), runs.median() / peer.median());
        rows.push(vec![
            what.into(),
            peer.show(2),
            beside(&ours),
            beside(&wides),
        ]);
    }
    let text = format!(
        "{}\n{}; {NODEMAILER}, Node {}.\n",
        table(&rows),
        machine::describe(),
        nodemailer.version
    );
    Page::at(page).write("compose", &text)
}

/// 20 kB of HTML.
fn html() -> String {
    "<p>The minutes of Tuesday's meeting: Jörg and Zoë will write to the printer.</p>\r\n"
        .repeat(245)
}

/// 30 kB that no encoding makes shorter.
fn attachment() -> Vec<u8> {
    (0..30_000_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

/// The component, in one instance.
struct Composer {
    instance: Instance,
    signer: ResourceAny,
}

impl Composer {
    fn load(path: &Path) -> Result<Self> {
        let engine = host::engine()?;
        let component = Component::from_file(&engine, path)?;
        let mut instance = Host::new(engine, &component, Threads::One)?.instantiate()?;
        let signer = instance.call_world(async |world, store| {
            let signers = world.envoi_mail_dkim().signer();
            match signers
                .call_new(store, DOMAIN, SELECTOR, KEY.as_bytes())
                .await?
            {
                Ok(signer) => Ok(signer),
                Err(reason) => bail!("the component refuses the key: {reason}"),
            }
        })?;
        Ok(Self { instance, signer })
    }

    /// Milliseconds a message.
    fn time(&mut self, signed: bool) -> Result<f64> {
        let (html, content) = (html(), attachment());
        let start = Instant::now();
        for _ in 0..MESSAGES {
            self.compose(&html, &content, signed)?;
        }
        Ok(start.elapsed().as_secs_f64() * 1e3 / f64::from(MESSAGES))
    }

    fn compose(&mut self, html: &str, content: &[u8], signed: bool) -> Result<()> {
        let signer = self.signer;
        let message = self.instance.call_world(async |world, store| {
            let drafts = world.envoi_mail_compose().draft();
            let draft = drafts.call_constructor(&mut *store).await?;
            let from = [address("Jörg", "joerg@example.org")];
            drafts.call_set_from(&mut *store, draft, &from).await??;
            let to = [address("Zoë", "zoe@example.org")];
            drafts.call_set_to(&mut *store, draft, &to).await??;
            let subject = "Minutes of Tuesday's meeting";
            drafts
                .call_set_subject(&mut *store, draft, subject)
                .await??;
            drafts.call_set_html(&mut *store, draft, html).await?;
            let attachment = Attachment {
                name: Some("minutes.pdf".into()),
                content_type: "application/pdf".into(),
                content: content.to_vec(),
                content_id: None,
            };
            drafts
                .call_attach(&mut *store, draft, &attachment)
                .await??;
            let composed = drafts.call_compose(&mut *store, draft).await??;
            draft.resource_drop_async(&mut *store).await?;
            if !signed {
                return Ok(composed.message);
            }
            let dkim = world.envoi_mail_dkim();
            let signature = dkim.call_sign(store, &[signer], &composed.message).await?;
            match signature {
                Ok(signature) => Ok([signature.as_bytes(), &composed.message].concat()),
                Err(reason) => bail!("the component does not sign: {reason}"),
            }
        })?;
        ensure!(
            message.len() > html.len() + content.len(),
            "the message lacks its parts"
        );
        Ok(())
    }
}

fn address(name: &str, mailbox: &str) -> Address {
    Address {
        name: Some(name.into()),
        mailbox: mailbox.into(),
    }
}

/// nodemailer in Node: a program that composes as many messages as a line of its input asks for, and answers with
/// the milliseconds that it took.
struct Nodemailer {
    version: String,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    child: Child,
}

impl Nodemailer {
    fn start() -> Result<Self> {
        let packages = setup::npm("nodemailer", &[NODEMAILER]);
        let packages = packages.map_err(wasmtime::Error::msg)?;
        let program = packages.join("compose.mjs");
        std::fs::write(&program, PROGRAM)?;
        std::fs::write(packages.join("message.html"), html())?;
        std::fs::write(packages.join("minutes.pdf"), attachment())?;
        std::fs::write(packages.join("key.pem"), KEY)?;
        let mut child = Command::new("node")
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run node")?;
        let stdin = child.stdin.take().context("node has no input")?;
        let stdout = BufReader::new(child.stdout.take().context("node has no output")?);
        let mut nodemailer = Self {
            version: String::new(),
            stdin,
            stdout,
            child,
        };
        nodemailer.version = nodemailer.line()?;
        Ok(nodemailer)
    }

    /// Milliseconds a message.
    fn time(&mut self, signed: bool) -> Result<f64> {
        writeln!(self.stdin, "{MESSAGES} {signed}")?;
        let total = self
            .line()?
            .parse::<f64>()
            .context("nodemailer answers with no number")?;
        Ok(total / f64::from(MESSAGES))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        ensure!(!line.is_empty(), "nodemailer has ended");
        Ok(line.trim_end().into())
    }
}

impl Drop for Nodemailer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

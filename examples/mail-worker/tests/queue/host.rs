//! Runs `mail-worker` as a process.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use mail_worker::handler::Handler;

use crate::mail::Mail;
use crate::nats::Nats;
use crate::wait::until;

/// Jobs that each host sends at once.
pub(crate) const AT_ONCE: usize = 8;

/// A worker process, which is killed on drop.
pub(crate) struct Host {
    process: Child,
    log: PathBuf,
}

impl Host {
    /// Starts a host, and waits until it takes jobs.
    pub(crate) fn start(nats: &Nats, mail: &Mail) -> Host {
        Host::start_for(nats, &mail.url(), &mail.authority())
    }

    /// The same for another server, with the authority of its certificate.
    pub(crate) fn start_for(nats: &Nats, url: &str, authority: &str) -> Host {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("host-{}-{number}.log", std::process::id()));
        let mut command = work(&nats.url, &component());
        command.args([
            "--at-once",
            &AT_ONCE.to_string(),
            "--retry-after",
            "0.2",
            "--ack-wait",
            "2",
        ]);
        command.env("SMTP_URL", url).env("SMTP_CA", authority);
        command.stderr(File::create(&log).expect("the target directory can be written"));
        let process = command.spawn().expect("it was built");
        let mut host = Host { process, log };
        until("host that takes jobs", || {
            let ended = host.process.try_wait().expect("it was started here");
            assert_eq!(ended, None, "the host ended");
            host.log().contains("taking jobs").then_some(())
        });
        host
    }

    /// Sends SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it was started here");
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let mut kill = Command::new("kill");
        kill.args(["-TERM", &self.process.id().to_string()]);
        assert!(kill.status().expect("a shell's command").success());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        until("end of the host", || {
            self.process.try_wait().expect("it was started here")
        })
    }

    pub(crate) fn until_it_says(&self, words: &str) {
        until(&format!("`{words}` in the host's log"), || {
            self.log().contains(words).then_some(())
        });
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("it writes one")
    }

    /// The number of recipients that it delivered to.
    pub(crate) fn accepted(&self) -> usize {
        self.log()
            .lines()
            .filter(|line| line.contains(" accepted "))
            .count()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        // If a test fails, the log may say why.
        if std::thread::panicking() {
            eprintln!("--- {}\n{}", self.log.display(), self.log());
        }
        let _ = fs::remove_file(&self.log);
    }
}

/// Runs any other command of the program, to its end.
pub(crate) fn run(nats: &Nats, arguments: &[&str], input: &str) -> Output {
    let mut command = program(&nats.url);
    command.args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().expect("it was built");
    let mut stdin = process.stdin.take().expect("it has one");
    stdin.write_all(input.as_bytes()).expect("it reads it");
    drop(stdin);
    process.wait_with_output().expect("it was started here")
}

/// The error text of `mail-worker work` if it cannot work.
pub(crate) fn complaint(nats: &str, component: &Path, environment: &[(&str, &str)]) -> String {
    let mut command = work(nats, component);
    command.envs(environment.iter().copied());
    let output = command.output().expect("it was built");
    assert!(!output.status.success());
    String::from_utf8(output.stderr).expect("text")
}

/// The component of `cargo xtask test`. It is compiled here once, instead of by all hosts at the same time.
pub(crate) fn component() -> PathBuf {
    static COMPILED: Once = Once::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist/mail-worker.wasm");
    COMPILED.call_once(|| {
        Handler::load(&path).expect("`cargo xtask example mail-worker` makes it");
    });
    path
}

fn work(nats: &str, component: &Path) -> Command {
    let mut command = program(nats);
    command
        .args(["work", "--metrics", "127.0.0.1:0", "--component"])
        .arg(component);
    command
}

fn program(nats: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mail-worker"));
    command.args(["--nats", nats]);
    command.env_remove("SMTP_URL").env_remove("SMTP_CA");
    command
}

//! Debian's nats-server on loopback.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use mail_worker::queue::Queue;
use servers::report;
use tokio::runtime::Runtime;

use crate::wait::until;

/// A server with its own store. Both end on drop.
pub(crate) struct Nats {
    program: PathBuf,
    process: Child,
    folder: PathBuf,
    pub url: String,
}

impl Nats {
    /// None if this machine cannot run it; the report says so.
    pub(crate) fn start() -> Option<Nats> {
        Nats::start_with(&[])
    }

    /// Starts a server that requires this password.
    pub(crate) fn start_with_password(user: &str, password: &str) -> Option<Nats> {
        Nats::start_with(&["--user", user, "--pass", password])
    }

    fn start_with(options: &[&str]) -> Option<Nats> {
        let program = match setup::nats_server() {
            Ok(program) => program,
            Err(why) => {
                report::not_run(&"nats-server, for examples/mail-worker", &why);
                return None;
            }
        };
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("nats-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("the target directory can be written");
        let process = run(&program, &folder, "-1", options);
        let url = url(&folder, process.id());
        Some(Nats {
            program,
            process,
            folder,
            url,
        })
    }

    /// Ends at once, as if the machine was switched off.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it was started here");
    }

    /// Starts again with the same port and store.
    pub(crate) fn restart(&mut self) {
        let port = self.url.rsplit(':').next().expect("a URL has a port");
        self.process = run(&self.program, &self.folder, port, &[]);
        url(&self.folder, self.process.id());
    }

    /// The queue in it, and a runtime to call it with.
    pub(crate) fn queue(&self) -> (Runtime, Queue) {
        let runtime = Runtime::new().expect("threads");
        let queue = runtime.block_on(Queue::open(&self.url)).expect("it runs");
        (runtime, queue)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn run(program: &Path, folder: &Path, port: &str, options: &[&str]) -> Child {
    let mut command = Command::new(program);
    command.args(options);
    command.args([
        "--addr",
        "127.0.0.1",
        "--port",
        port,
        "--jetstream",
        "--store_dir",
    ]);
    command.arg(folder).arg("--ports_file_dir").arg(folder);
    let log = fs::File::create(folder.join("log")).expect("it can be written");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    command.spawn().expect("it was installed")
}

/// Reads the URL from the file that it writes its address to.
fn url(folder: &Path, process: u32) -> String {
    let file = folder.join(format!("nats-server_{process}.ports"));
    until("nats-server", || {
        let ports = fs::read_to_string(&file).ok()?;
        let (_, rest) = ports.split_once("nats://")?;
        let (address, _) = rest.split_once('"')?;
        Some(format!("nats://{address}"))
    })
}

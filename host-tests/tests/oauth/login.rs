//! Runs `dist/envoi-login.wasm`, and reads what it says while it runs.

use std::io;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use host_tests::{load, login_path};
use tokio::io::AsyncWrite;
use wasmtime::component::Component;
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use crate::support::{State, linker};

/// Standard error, piece by piece.
#[derive(Clone)]
struct Said(Sender<Vec<u8>>);

impl IsTerminal for Said {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Said {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Said {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let _ = self.0.send(octets.to_vec());
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A command that runs.
pub(crate) struct Login {
    said: Mutex<Receiver<Vec<u8>>>,
    heard: Mutex<String>,
    thread: JoinHandle<(bool, String)>,
}

pub(crate) struct Output {
    pub succeeded: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Login {
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Login {
        let (sender, said) = channel();
        let stdout = MemoryOutputPipe::new(1 << 20);
        let mut wasi = WasiCtxBuilder::new();
        wasi.arg("envoi-login.wasm")
            .args(arguments)
            .envs(environment);
        wasi.inherit_network().allow_tcp(true);
        wasi.stdout(stdout.clone()).stderr(Said(sender));
        let state = State::new(&mut wasi);
        let thread = thread::spawn(move || {
            let succeeded = run(state);
            let stdout = String::from_utf8(stdout.contents().to_vec()).unwrap();
            (succeeded, stdout)
        });
        Login {
            said: Mutex::new(said),
            heard: Mutex::default(),
            thread,
        }
    }

    /// The rest of the line that begins so, once it is said.
    pub(crate) fn hear(&self, beginning: &str) -> String {
        let said = self.said.lock().unwrap();
        let mut heard = self.heard.lock().unwrap();
        loop {
            let whole = heard.rfind('\n').map_or("", |end| &heard[..end]);
            let found = whole.lines().find_map(|line| line.strip_prefix(beginning));
            if let Some(rest) = found {
                return rest.into();
            }
            let Ok(more) = said.recv() else {
                panic!("it ended, and said: {heard}");
            };
            heard.push_str(str::from_utf8(&more).unwrap());
        }
    }

    pub(crate) fn finish(self) -> Output {
        let (succeeded, stdout) = self.thread.join().unwrap();
        let mut stderr = self.heard.into_inner().unwrap();
        for more in self.said.into_inner().unwrap() {
            stderr.push_str(str::from_utf8(&more).unwrap());
        }
        Output {
            succeeded,
            stdout,
            stderr,
        }
    }
}

/// Whether it succeeded.
fn run(state: State) -> bool {
    static LOADED: OnceLock<(Engine, Component)> = OnceLock::new();
    let (engine, component) = LOADED.get_or_init(|| {
        let engine = Engine::default();
        let component = load(&engine, &login_path());
        (engine, component)
    });
    let mut store = Store::new(engine, state);
    let command = Command::instantiate(&mut store, component, &linker(engine)).unwrap();
    command.wasi_cli_run().call_run(&mut store).unwrap().is_ok()
}

//! Runs the command line, and the usual parts of scripts.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use host_tests::LinearMemory;
use servers::scripted::{Script, Server};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{FsPerms, I32Exit, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// The most octets of each output stream.
const MAX_OUTPUT: usize = 1024 * 1024;

pub(crate) const MESSAGE: &str = "From: A <a@mail.test>\nTo: b@mail.test\nSubject: Hi\n\nHello.\n";

/// A command line.
#[derive(Default)]
pub(crate) struct Cli {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    no_network: bool,
    folder: Option<PathBuf>,
}

#[derive(Debug)]
pub(crate) struct Output {
    pub code: i32,
    /// Octets of linear memory.
    pub memory: usize,
    pub stdout: String,
    pub stderr: String,
}

/// A command line with these arguments.
pub(crate) fn cli(arguments: &str) -> Cli {
    Cli {
        arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        ..Cli::default()
    }
}

/// A command line with this server and these arguments.
pub(crate) fn to_server(server: &Server, arguments: &str) -> Cli {
    let url = format!("smtp://127.0.0.1:{}", server.port());
    cli(&format!("--server {url} {arguments}"))
}

impl Cli {
    /// Adds arguments, which may hold blanks.
    pub(crate) fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Cli {
        let arguments = arguments.into_iter().map(str::to_owned);
        self.arguments.extend(arguments);
        self
    }

    /// The host grants this folder as the current one, for reading.
    pub(crate) fn folder(mut self, folder: &Path) -> Cli {
        self.folder = Some(folder.into());
        self
    }

    pub(crate) fn environment(mut self, name: &str, value: &str) -> Cli {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The host grants no connections.
    pub(crate) fn no_network(mut self) -> Cli {
        self.no_network = true;
        self
    }

    /// Runs it with this standard input.
    pub(crate) fn run(self, stdin: impl Into<Vec<u8>>) -> Output {
        let (stdout, stderr) = (
            MemoryOutputPipe::new(MAX_OUTPUT),
            MemoryOutputPipe::new(MAX_OUTPUT),
        );
        let mut wasi = WasiCtxBuilder::new();
        wasi.arg("envoi-cli.wasm")
            .args(&self.arguments)
            .envs(&self.environment);
        wasi.stdin(MemoryInputPipe::new(stdin.into()));
        wasi.stdout(stdout.clone()).stderr(stderr.clone());
        if !self.no_network {
            wasi.allow_tcp(true).inherit_network();
        }
        if let Some(folder) = &self.folder {
            let granted = wasi.preopened_dir(folder, ".", FsPerms::ReadOnly);
            granted.expect("it is a folder");
        }
        let (code, memory) = execute(wasi.build());
        let text =
            |pipe: MemoryOutputPipe| String::from_utf8(pipe.contents().into()).expect("UTF-8");
        Output {
            code,
            memory,
            stdout: text(stdout),
            stderr: text(stderr),
        }
    }
}

/// The exit code, and the octets of linear memory.
fn execute(wasi: WasiCtx) -> (i32, usize) {
    let (engine, component) = command();
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
    let table = ResourceTable::new();
    let mut store = Store::new(
        engine,
        State {
            wasi,
            table,
            memory: LinearMemory::default(),
        },
    );
    store.limiter(|state| &mut state.memory);
    let command = Command::instantiate(&mut store, component, &linker).unwrap();
    let code = match command.wasi_cli_run().call_run(&mut store) {
        Ok(Ok(())) => 0,
        Ok(Err(())) => 1,
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(exit) => exit.0,
            None => panic!("the command trapped: {error:?}"),
        },
    };
    (code, store.data().memory.octets())
}

/// Compiled at most once per process.
fn command() -> &'static (Engine, Component) {
    static COMMAND: OnceLock<(Engine, Component)> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let engine = Engine::default();
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let component = host_tests::load(&engine, &workspace.join("dist/envoi-cli.wasm"));
        (engine, component)
    })
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    memory: LinearMemory,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Greeting and EHLO.
pub(crate) fn hello(keywords: &[&str]) -> Script {
    let last = keywords.last().map_or("250 mail.test".into(), |last| {
        let others = keywords.iter().rev().skip(1).rev();
        let others: String = others.map(|keyword| format!("250-{keyword}\r\n")).collect();
        format!("250-mail.test\r\n{others}250 {last}")
    });
    Script::new()
        .say("220 mail.test ESMTP")
        .expect("EHLO [127.0.0.1]")
        .say(&last)
}

/// MAIL and RCPT, both accepted.
pub(crate) fn envelope(sender: &str, recipients: &[&str]) -> Script {
    let mail = Script::new()
        .expect(&format!("MAIL FROM:<{sender}>"))
        .say("250 2.1.0 Ok");
    recipients.iter().fold(mail, |session, recipient| {
        session
            .expect(&format!("RCPT TO:<{recipient}>"))
            .say("250 2.1.5 Ok")
    })
}

/// DATA, content and acceptance.
pub(crate) fn content() -> Script {
    Script::new()
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say("250 2.0.0 Ok: queued as 4711")
}

pub(crate) fn quit() -> Script {
    Script::new().expect("QUIT").say("221 Bye").hang_up()
}

/// The content that a server received.
pub(crate) fn content_sent(server: Server) -> String {
    let heard = server.finish();
    String::from_utf8(heard.only().contents[0].clone()).expect("UTF-8")
}

//! Builds the components of `dist/`: cargo compiles a core module, wasm-opt makes it smaller, and
//! wit-component turns it into a component. `compose` plugs `dist/envoi.wasm` into an example's component.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use wit_component::ComponentEncoder;

use crate::{
    component_docs, component_names, debian, optimizer,
    process::run,
    project::Project,
    toolchain::{self, Toolchain},
};

/// The standard library of this target imports nothing: the component imports only the interfaces that it
/// uses by name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// With the standard library compiled along, a panic traps at once: this target shows no messages, and they
/// take 100 KB. Of derived `Debug` output, only the names of types and variants are left: errors are worded by
/// hand, and the fields take 10 KB.
const SILENT_PANIC: [&str; 4] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=shallow",
];

/// A core module that becomes a component.
struct Module {
    /// The component in `dist/`.
    file: &'static str,
    /// Cargo's name for the module.
    output: &'static str,
    source: Source,
    profile: Profile,
    /// Flags for the compiler.
    flags: &'static [&'static str],
    /// Below the target directory. Other flags get another folder, or cargo compiles everything again.
    folder: &'static str,
}

/// The library that is compiled.
enum Source {
    /// Of a package of this workspace, with cargo's arguments for its features.
    Member(&'static str, &'static [&'static str]),
    /// Of an example that is a workspace of its own: its manifest.
    Own(&'static str),
}

/// Cargo's profile, and what a build does for size beyond it.
#[derive(Clone, Copy)]
enum Profile {
    /// Compiles the standard library along, and runs wasm-opt.
    Component,
    /// For a try.
    Quick,
    /// Of workspaces of their own, which do not have the others.
    Release,
}

impl Profile {
    /// Cargo's name, also that of the folder below the target directory.
    fn name(self) -> &'static str {
        match self {
            Profile::Component => "component",
            Profile::Quick => "quick",
            Profile::Release => "release",
        }
    }
}

const ENVOI: Module = Module {
    file: "envoi.wasm",
    output: "envoi.wasm",
    source: Source::Member("envoi", &[]),
    profile: Profile::Component,
    // Every host of WASI 0.2 has vectors. Without wide arithmetic, a product of 64-bit words is a function
    // call. Only AES gains from 64 bits, and it is the last choice among ciphers here.
    flags: &["-Ctarget-feature=+simd128", "--cfg=cpubits=\"32\""],
    folder: "",
};

/// The same source for a try, with the compiled standard library: a stable compiler needs no permission for it.
const QUICK: Module = Module {
    file: "envoi-quick.wasm",
    profile: Profile::Quick,
    ..ENVOI
};

/// The same source for hosts with WebAssembly's wide arithmetic.
const WIDE: Module = Module {
    file: "envoi-wide.wasm",
    flags: &[
        "-Ctarget-feature=+wide-arithmetic,+simd128",
        "--cfg=curve25519_dalek_bits=\"64\"",
    ],
    folder: "wide",
    ..ENVOI
};

/// For WASI 0.3.
const ASYNC: Module = Module {
    file: "envoi-p3.wasm",
    source: Source::Member(
        "envoi",
        &["--no-default-features", "--features", "component-p3"],
    ),
    ..ENVOI
};

/// Composing and signing without SMTP.
const COMPOSER: Module = Module {
    file: "envoi-compose.wasm",
    source: Source::Member(
        "envoi",
        &["--no-default-features", "--features", "composer"],
    ),
    ..ENVOI
};

/// Tokens for SMTP, over wasi:http.
const OAUTH: Module = Module {
    file: "envoi-oauth.wasm",
    output: "envoi_oauth.wasm",
    source: Source::Member("envoi-oauth", &[]),
    ..ENVOI
};

/// The socket of `dist/envoi-cli.wasm`. It has envoi's flags: cargo compiles the shared crates once.
const CLI: Module = Module {
    file: "cli.wasm",
    output: "envoi_cli.wasm",
    source: Source::Member("envoi-cli", &[]),
    ..ENVOI
};

/// The same for the demo.
const QUICK_CLI: Module = Module {
    file: "cli-quick.wasm",
    profile: Profile::Quick,
    ..CLI
};

/// A person's consent, for `dist/envoi-oauth.wasm`.
const LOGIN: Module = Module {
    file: "envoi-login.wasm",
    output: "envoi_login.wasm",
    source: Source::Member("envoi-login", &[]),
    ..ENVOI
};

/// The socket of `dist/guest-oauth.wasm`.
const GUEST_OAUTH: Module = Module {
    file: "guest-oauth-socket.wasm",
    output: "guest_oauth.wasm",
    source: Source::Member("guest-oauth", &[]),
    ..ENVOI
};

/// The socket of `dist/mail-worker.wasm`.
const HANDLER: Module = Module {
    file: "mail-worker-handler.wasm",
    output: "mail_worker_handler.wasm",
    source: Source::Member("mail-worker-handler", &[]),
    ..ENVOI
};

/// The socket of `dist/contact-form.wasm`: a workspace of its own, so that people can copy it.
const CONTACT_FORM: Module = Module {
    file: "contact-form-handler.wasm",
    output: "contact_form.wasm",
    source: Source::Own("examples/contact-form/Cargo.toml"),
    profile: Profile::Release,
    flags: &[],
    folder: "",
};

/// The socket of `dist/announce-rust.wasm`.
const GUEST_ASYNC: Module = Module {
    file: "guest-rust-async.wasm",
    output: "guest_async.wasm",
    source: Source::Own("examples/guest-async/Cargo.toml"),
    ..CONTACT_FORM
};

/// The socket of `dist/http-async.wasm`.
const HTTP_ASYNC: Module = Module {
    file: "http-async-handler.wasm",
    output: "http_async.wasm",
    source: Source::Own("examples/http-async/Cargo.toml"),
    ..CONTACT_FORM
};

/// For `cargo xtask bench arithmetic`: core modules with envoi's flags, not made components.
const ARITHMETIC: Module = Module {
    output: "bench_arithmetic.wasm",
    source: Source::Member("bench-arithmetic", &[]),
    ..ENVOI
};

const WIDE_ARITHMETIC: Module = Module {
    flags: WIDE.flags,
    folder: WIDE.folder,
    ..ARITHMETIC
};

/// Vectors and comparisons for the cryptography, which host-tests runs: core modules with envoi's flags.
const CHECKS: Module = Module {
    file: "checks.wasm",
    output: "primitives_checks.wasm",
    source: Source::Member("primitives-checks", &[]),
    ..ENVOI
};

const WIDE_CHECKS: Module = Module {
    file: "checks-wide.wasm",
    flags: WIDE.flags,
    folder: WIDE.folder,
    ..CHECKS
};

/// `dist/checks.wasm` and `dist/checks-wide.wasm`.
pub(crate) fn build_checks(project: &Project, toolchain: &Toolchain) -> Result<()> {
    for module in [&CHECKS, &WIDE_CHECKS] {
        let start = Instant::now();
        let compiled = compile(project, toolchain, module)?;
        let optimized = optimizer::optimize(&compiled).unwrap_or(compiled);
        keep(project, module.file, &fs::read(optimized)?, start)?;
    }
    Ok(())
}

/// Portable, and wide.
pub(crate) fn build_arithmetic(project: &Project) -> Result<[PathBuf; 2]> {
    let toolchain = toolchain::set_up(TARGET)?;
    let [portable, wide] = [&ARITHMETIC, &WIDE_ARITHMETIC].map(|module| {
        let compiled = compile(project, &toolchain, module)?;
        anyhow::Ok(optimizer::optimize(&compiled).unwrap_or(compiled))
    });
    Ok([portable?, wide?])
}

/// What compiles for the components' target.
pub(crate) fn toolchain() -> Result<Toolchain> {
    toolchain::set_up(TARGET)
}

/// `dist/envoi.wasm`.
pub(crate) fn build_portable(project: &Project) -> Result<Toolchain> {
    let toolchain = toolchain::set_up(TARGET)?;
    build_module(project, &toolchain, &ENVOI)?;
    Ok(toolchain)
}

/// In `dist/`: envoi and its command line, both for a try.
pub(crate) const DEMO: &str = "envoi-demo.wasm";

/// [`DEMO`].
pub(crate) fn build_demo(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &QUICK)?;
    build_module(project, toolchain, &QUICK_CLI)?;
    compose_with(project, QUICK.file, QUICK_CLI.file, DEMO)
}

/// `dist/envoi-p3.wasm`.
pub(crate) fn build_async(project: &Project) -> Result<Toolchain> {
    let toolchain = toolchain::set_up(TARGET)?;
    build_module(project, &toolchain, &ASYNC)?;
    Ok(toolchain)
}

/// `dist/envoi-oauth.wasm`.
pub(crate) fn build_oauth(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &OAUTH)
}

/// `dist/envoi.wasm`, `dist/envoi-oauth.wasm`, `dist/envoi-p3.wasm`, `dist/envoi-compose.wasm` and
/// `dist/envoi-wide.wasm`.
pub(crate) fn build(project: &Project) -> Result<Toolchain> {
    let toolchain = build_portable(project)?;
    build_oauth(project, &toolchain)?;
    build_module(project, &toolchain, &ASYNC)?;
    build_module(project, &toolchain, &COMPOSER)?;
    build_module(project, &toolchain, &WIDE)?;
    Ok(toolchain)
}

/// `dist/guest-oauth.wasm`, from `dist/guest-oauth-socket.wasm`, `dist/envoi.wasm` and `dist/envoi-oauth.wasm`.
pub(crate) fn build_guest_oauth(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &GUEST_OAUTH)?;
    compose(project, GUEST_OAUTH.file, "guest-oauth-half.wasm")?;
    compose_with(
        project,
        OAUTH.file,
        "guest-oauth-half.wasm",
        "guest-oauth.wasm",
    )
}

/// `dist/envoi-login.wasm`.
pub(crate) fn build_login(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &LOGIN)
}

/// `dist/envoi-cli.wasm`, from `dist/cli.wasm` and `dist/envoi.wasm`.
pub(crate) fn build_cli(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &CLI)?;
    compose(project, CLI.file, "envoi-cli.wasm")
}

/// `dist/mail-worker.wasm`, from `dist/mail-worker-handler.wasm` and `dist/envoi.wasm`.
pub(crate) fn build_mail_worker(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &HANDLER)?;
    compose(project, HANDLER.file, "mail-worker.wasm")
}

/// `dist/envoi-cli.wasm` and, from `dist/cli.wasm` and `dist/envoi-wide.wasm`, `dist/envoi-cli-wide.wasm`.
pub(crate) fn build_cli_wide(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_cli(project, toolchain)?;
    compose_with(project, WIDE.file, CLI.file, "envoi-cli-wide.wasm")
}

/// `dist/contact-form.wasm`, from `dist/contact-form-handler.wasm` and `dist/envoi.wasm`.
pub(crate) fn build_contact_form(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &CONTACT_FORM)?;
    compose(project, CONTACT_FORM.file, "contact-form.wasm")
}

/// `dist/announce-rust.wasm`, from `dist/guest-rust-async.wasm` and `dist/envoi-p3.wasm`.
pub(crate) fn build_guest_async(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &GUEST_ASYNC)?;
    compose_async(project, GUEST_ASYNC.file, "announce-rust.wasm")
}

/// `dist/http-async.wasm`, from `dist/http-async-handler.wasm` and `dist/envoi-p3.wasm`.
pub(crate) fn build_http_async(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &HTTP_ASYNC)?;
    compose_async(project, HTTP_ASYNC.file, "http-async.wasm")
}

/// As [`compose`], with `dist/envoi-p3.wasm`.
pub(crate) fn compose_async(project: &Project, socket: &str, output: &str) -> Result<()> {
    compose_with(project, ASYNC.file, socket, output)
}

/// Plugs `dist/envoi.wasm` into `socket`, a component of `dist/` that imports its interface. A program of
/// its own does it: its dependencies delay every command if xtask has them.
pub(crate) fn compose(project: &Project, socket: &str, output: &str) -> Result<()> {
    compose_with(project, ENVOI.file, socket, output)
}

fn compose_with(project: &Project, plug: &str, socket: &str, output: &str) -> Result<()> {
    let [plug_in, socket_in, output_in] =
        [plug, socket, output].map(|file| project.root.join("dist").join(file));
    run_compose(project, &socket_in, &plug_in, &output_in)?;
    println!("component: dist/{output}, from dist/{socket} and dist/{plug}");
    Ok(())
}

/// Plugs `dist/envoi.wasm` into a component anywhere.
pub(crate) fn plug(project: &Project, socket: &Path, output: &Path) -> Result<()> {
    run_compose(
        project,
        socket,
        &project.root.join("dist").join(ENVOI.file),
        output,
    )
}

fn run_compose(project: &Project, socket: &Path, plug: &Path, output: &Path) -> Result<()> {
    let mut cargo = project.cargo();
    if !project.target.join("xtask/compose").exists() {
        eprintln!("component: compiling what composes components (half a minute, once)");
    }
    cargo.args(["run", "--profile", "xtask", "--package", "compose", "--"]);
    run(cargo.args([socket, plug, output]))
}

fn build_module(project: &Project, toolchain: &Toolchain, module: &Module) -> Result<()> {
    let start = Instant::now();
    let compiled = compile(project, toolchain, module)?;
    let optimized = match module.profile {
        Profile::Component => optimizer::optimize(&compiled),
        Profile::Quick | Profile::Release => Ok(compiled.clone()),
    };
    let mut component = encode(optimized.as_ref().unwrap_or(&compiled))?;
    component_docs::add(&mut component, &project.root.join("wit"))?;
    keep(project, module.file, &component, start)?;
    if let Err(why) = optimized {
        eprintln!("component: larger than it could be, as wasm-opt is not here: {why}");
    }
    Ok(())
}

/// Writes a component into `dist/`, and prints a line.
pub(crate) fn keep(project: &Project, file: &str, component: &[u8], start: Instant) -> Result<()> {
    let changed = replace(&project.root.join("dist").join(file), component)?;
    println!(
        "component: dist/{file}, {} KiB, {} in {:.1} s",
        component.len().div_ceil(1024),
        if changed { "built" } else { "unchanged" },
        start.elapsed().as_secs_f32(),
    );
    Ok(())
}

fn compile(project: &Project, toolchain: &Toolchain, module: &Module) -> Result<PathBuf> {
    let target = toolchain.target_dir(project).join(module.folder);
    let directory = target.join(TARGET).join(module.profile.name());
    if !directory.exists() {
        let long = match module.profile {
            Profile::Component => "two minutes or three",
            Profile::Quick | Profile::Release => "a minute",
        };
        eprintln!("component: compiling ({long}, once)");
    }
    let mut cargo = match module.profile {
        Profile::Component => toolchain.cargo_with_library(project),
        Profile::Quick | Profile::Release => toolchain.cargo(project),
    };
    cargo.arg("rustc");
    match module.source {
        Source::Member(package, features) => cargo.args(["--package", package]).args(features),
        Source::Own(manifest) => cargo.args(["--manifest-path", manifest]),
    };
    cargo.args(["--lib", "--profile", module.profile.name()]);
    // Only a cdylib: with a Rust library beside it, the compiler optimizes little across crates. The manifests of envoi's
    // own crates do not name it: each crate that depends on them would link one, and compile all below it for that.
    cargo.args(["--target", TARGET, "--crate-type", "cdylib"]);
    cargo.env("CARGO_TARGET_DIR", target);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(project, module)?);
    run(&mut cargo)?;
    Ok(directory.join(module.output))
}

/// Panic messages name source files: the flags remove the folders of the builder's machine from them. These
/// flags replace the builder's own, which make another component.
fn flags(project: &Project, module: &Module) -> Result<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is known")?;
    // The compiler uses the last prefix that fits.
    let mut places = vec![
        (project.root.clone(), "envoi"),
        (project.target.clone(), "target"),
        (debian::SOURCES.into(), "/rustc"),
        (cargo_home.clone(), "cargo"),
    ];
    // One for each registry. There is one, because xtask has dependencies, unless they are vendored.
    let mut registries: Vec<_> = fs::read_dir(cargo_home.join("registry/src"))
        .into_iter()
        .flatten()
        .flatten()
        // `cargo package` leaves folders without a host's name there. Nothing of them is compiled here.
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('-'))
        .map(|entry| (entry.path(), "crates"))
        .collect();
    registries.sort();
    places.append(&mut registries);
    let places = places
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let silence = match module.profile {
        Profile::Component => &SILENT_PANIC[..],
        Profile::Quick | Profile::Release => &[],
    };
    let flags = module.flags.iter().chain(silence);
    let flags: Vec<_> = places.chain(flags.map(|flag| flag.to_string())).collect();
    // Cargo's separator, because paths may hold spaces.
    Ok(flags.join("\x1f"))
}

pub(crate) fn encode(module: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder
        .debug_names(false)
        .validate(true)
        .module(&bytes)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("cannot make a component of {}", module.display()))?;
    component_names::strip(&component)
}

/// Leaves an equal file untouched. The new file replaces the old one at once, never half of it.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(false);
    }
    let new = path.with_extension("new");
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(&new, contents).with_context(|| format!("cannot write {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

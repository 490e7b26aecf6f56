//! Builds `dist/envoi.wasm` and `dist/envoi-wide.wasm`: cargo makes a core module, wasm-opt a smaller one,
//! wit-component a component of it. `compose` puts an example's component and `dist/envoi.wasm` together.

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

/// Its standard library imports nothing, so that the component imports just what it names.
const TARGET: &str = "wasm32-unknown-unknown";

/// With the library: a panic traps at once. On this target its words would go nowhere, and they are 100 KB.
const SILENT_PANIC: [&str; 2] = ["-Zunstable-options", "-Cpanic=immediate-abort"];

/// A core module that becomes a component.
struct Module {
    /// In `dist/`.
    file: &'static str,
    /// As cargo names it.
    output: &'static str,
    /// What cargo is told to build.
    selection: &'static [&'static str],
    /// Where cargo leaves it.
    profile: &'static str,
    /// For the compiler.
    flags: &'static [&'static str],
    /// Whether the standard library is compiled along, for size.
    with_library: bool,
    /// Below the target directory, where its flags would make cargo compile everything again.
    folder: &'static str,
}

const ENVOI: Module = Module {
    file: "envoi.wasm",
    output: "envoi.wasm",
    selection: &["--package", "envoi", "--lib", "--profile", "component"],
    profile: "component",
    // Vectors are in every host of WASI 0.2. Without wide arithmetic, a product of 64-bit words is a
    // function call. AES alone has more of 64 bits, and is the last choice here.
    flags: &["-Ctarget-feature=+simd128", "--cfg=cpubits=\"32\""],
    with_library: true,
    folder: "",
};

/// From the same source, for hosts that have WebAssembly's wide arithmetic.
const WIDE: Module = Module {
    file: "envoi-wide.wasm",
    flags: &[
        "-Ctarget-feature=+wide-arithmetic,+simd128",
        "--cfg=curve25519_dalek_bits=\"64\"",
    ],
    folder: "wide",
    ..ENVOI
};

/// What README.md shows: a workspace of its own, so that it can be copied.
const GUEST: Module = Module {
    file: "guest-rust.wasm",
    output: "guest.wasm",
    selection: &["--manifest-path", "examples/guest/Cargo.toml", "--release"],
    profile: "release",
    flags: &[],
    with_library: false,
    folder: "",
};

/// What becomes `dist/envoi-cli.wasm`. With envoi's flags, so that cargo compiles once what both have.
const CLI: Module = Module {
    file: "cli.wasm",
    output: "envoi_cli.wasm",
    selection: &["--package", "envoi-cli", "--lib", "--profile", "component"],
    ..ENVOI
};

/// What becomes `dist/mail-worker.wasm`.
const HANDLER: Module = Module {
    file: "mail-worker-handler.wasm",
    output: "mail_worker_handler.wasm",
    selection: &[
        "--package",
        "mail-worker-handler",
        "--lib",
        "--profile",
        "component",
    ],
    ..ENVOI
};

/// The contact form's handler: a workspace of its own too.
const CONTACT_FORM: Module = Module {
    file: "contact-form-handler.wasm",
    output: "contact_form.wasm",
    selection: &[
        "--manifest-path",
        "examples/contact-form/Cargo.toml",
        "--release",
    ],
    ..GUEST
};

/// What `cargo xtask bench arithmetic` measures: core modules with envoi's flags, and no components.
const ARITHMETIC: Module = Module {
    output: "bench_arithmetic.wasm",
    selection: &[
        "--package",
        "bench-arithmetic",
        "--lib",
        "--profile",
        "component",
    ],
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
    selection: &[
        "--package",
        "primitives-checks",
        "--lib",
        "--profile",
        "component",
    ],
    ..ENVOI
};

const WIDE_CHECKS: Module = Module {
    file: "checks-wide.wasm",
    flags: WIDE.flags,
    folder: WIDE.folder,
    ..CHECKS
};

/// `dist/checks.wasm` and `dist/checks-wide.wasm`.
pub fn build_checks(project: &Project, toolchain: &Toolchain) -> Result<()> {
    for module in [&CHECKS, &WIDE_CHECKS] {
        let start = Instant::now();
        let compiled = compile(project, toolchain, module)?;
        let optimized = optimizer::optimize(&compiled).unwrap_or(compiled);
        keep(project, module.file, &fs::read(optimized)?, start)?;
    }
    Ok(())
}

/// Portable, and wide.
pub fn build_arithmetic(project: &Project) -> Result<[PathBuf; 2]> {
    let toolchain = toolchain::set_up(TARGET)?;
    let [portable, wide] = [&ARITHMETIC, &WIDE_ARITHMETIC].map(|module| {
        let compiled = compile(project, &toolchain, module)?;
        anyhow::Ok(optimizer::optimize(&compiled).unwrap_or(compiled))
    });
    Ok([portable?, wide?])
}

/// What compiles for the components' target.
pub fn toolchain() -> Result<Toolchain> {
    toolchain::set_up(TARGET)
}

/// `dist/envoi.wasm`.
pub fn build_portable(project: &Project) -> Result<Toolchain> {
    let toolchain = toolchain::set_up(TARGET)?;
    build_module(project, &toolchain, &ENVOI)?;
    Ok(toolchain)
}

/// `dist/envoi-wide.wasm` too.
pub fn build(project: &Project) -> Result<Toolchain> {
    let toolchain = build_portable(project)?;
    build_module(project, &toolchain, &WIDE)?;
    Ok(toolchain)
}

/// `dist/guest-rust.wasm`.
pub fn build_guest(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &GUEST)
}

/// `dist/envoi-cli.wasm`, of `dist/cli.wasm` and `dist/envoi.wasm`.
pub fn build_cli(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &CLI)?;
    compose(project, CLI.file, "envoi-cli.wasm")
}

/// `dist/mail-worker.wasm`, of `dist/mail-worker-handler.wasm` and `dist/envoi.wasm`.
pub fn build_mail_worker(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &HANDLER)?;
    compose(project, HANDLER.file, "mail-worker.wasm")
}

/// `dist/envoi-cli-wide.wasm` too, of `dist/cli.wasm` and `dist/envoi-wide.wasm`.
pub fn build_cli_wide(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_cli(project, toolchain)?;
    compose_with(project, WIDE.file, CLI.file, "envoi-cli-wide.wasm")
}

/// `dist/contact-form.wasm`, of `dist/contact-form-handler.wasm` and `dist/envoi.wasm`.
pub fn build_contact_form(project: &Project, toolchain: &Toolchain) -> Result<()> {
    build_module(project, toolchain, &CONTACT_FORM)?;
    compose(project, CONTACT_FORM.file, "contact-form.wasm")
}

/// Puts components of `dist/` together, the first of which is to use envoi's. In a program of its own,
/// as xtask would make everyone wait for what it stands on.
pub fn compose(project: &Project, socket: &str, output: &str) -> Result<()> {
    compose_with(project, ENVOI.file, socket, output)
}

fn compose_with(project: &Project, plug: &str, socket: &str, output: &str) -> Result<()> {
    let mut cargo = project.cargo();
    if !project.target.join("xtask/compose").exists() {
        eprintln!("component: compiling what composes components (a minute, once)");
    }
    cargo.args(["run", "--profile", "xtask", "--package", "compose", "--"]);
    for file in [socket, plug, output] {
        cargo.arg(project.root.join("dist").join(file));
    }
    run(&mut cargo)?;
    println!("component: dist/{output}, of dist/{socket} and dist/{plug}");
    Ok(())
}

fn build_module(project: &Project, toolchain: &Toolchain, module: &Module) -> Result<()> {
    let start = Instant::now();
    let compiled = compile(project, toolchain, module)?;
    let optimized = optimizer::optimize(&compiled);
    let mut component = encode(optimized.as_ref().unwrap_or(&compiled))?;
    component_docs::add(&mut component, &project.root.join("wit"))?;
    keep(project, module.file, &component, start)?;
    if let Err(why) = optimized {
        eprintln!("component: larger than it could be, as wasm-opt is not here: {why}");
    }
    Ok(())
}

/// Leaves a component in `dist/`, and says so.
pub fn keep(project: &Project, file: &str, component: &[u8], start: Instant) -> Result<()> {
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
    let directory = target.join(TARGET).join(module.profile);
    if !directory.exists() {
        eprintln!("component: compiling (two minutes or three, once)");
    }
    let mut cargo = match module.with_library {
        true => toolchain.cargo_with_library(project),
        false => toolchain.cargo(project),
    };
    cargo.arg("rustc").args(module.selection);
    // Alone: where a library for Rust is made along with it, little is optimised across crates.
    cargo.args(["--target", TARGET, "--crate-type", "cdylib"]);
    cargo.env("CARGO_TARGET_DIR", target);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(project, module)?);
    run(&mut cargo)?;
    Ok(directory.join(module.output))
}

/// Panic messages name source files: none is to name a place on the builder's machine. Given this
/// way, the flags stand instead of the builder's own, which would make another component.
fn flags(project: &Project, module: &Module) -> Result<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
        .context("neither CARGO_HOME nor a home directory is known")?;
    // The compiler takes the last that fits.
    let mut places = vec![
        (project.root.clone(), "envoi"),
        (project.target.clone(), "target"),
        (debian::SOURCES.into(), "/rustc"),
        (cargo_home.clone(), "cargo"),
    ];
    // One for each registry; there is one, since xtask has dependencies, unless they are vendored.
    let mut registries: Vec<_> = fs::read_dir(cargo_home.join("registry/src"))
        .into_iter()
        .flatten()
        .flatten()
        // `cargo package` leaves others there, without a host's name, of which nothing is compiled here.
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('-'))
        .map(|entry| (entry.path(), "crates"))
        .collect();
    registries.sort();
    places.append(&mut registries);
    let places = places
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let library = if module.with_library {
        &SILENT_PANIC[..]
    } else {
        &[]
    };
    let flags = module.flags.iter().chain(library);
    let flags: Vec<_> = places.chain(flags.map(|flag| flag.to_string())).collect();
    // Cargo's separator, as paths may hold spaces.
    Ok(flags.join("\x1f"))
}

pub fn encode(module: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder
        .debug_names(false)
        .validate(true)
        .module(&bytes)
        .and_then(|encoder| encoder.encode())
        .with_context(|| format!("cannot make a component of {}", module.display()))?;
    component_names::remove(&component)
}

/// Leaves an equal file alone; otherwise no one ever sees half of the new one.
pub fn replace(path: &Path, contents: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(false);
    }
    let new = path.with_extension("new");
    fs::create_dir_all(path.parent().context("no folder")?)?;
    fs::write(&new, contents).with_context(|| format!("cannot write {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

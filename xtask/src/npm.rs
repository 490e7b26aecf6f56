//! `dist/npm/envoi`: the npm package, made from `npm/`, the component that jco transpiles, and the interface's
//! declarations.

mod declarations;

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    component,
    example::jco::{self, Jco},
    process::run,
    project::Project,
    report::Report,
    unavailable::Unavailable,
};

/// jco's folder for the declarations of interfaces.
const INTERFACES: &str = "sync/interfaces";
/// jco's name for those of `envoi:mail/smtp`.
const SMTP: &str = "envoi-mail-smtp.d.ts";

/// Builds the component too.
pub(crate) fn build(project: &Project) -> Result<()> {
    component::build_portable(project)?;
    package(project)
}

/// Reports the package as not run if this machine cannot have the tools for it.
pub(crate) fn build_for_tests(project: &Project, report: &Report) -> Result<()> {
    match package(project) {
        Err(error) if error.is::<Unavailable>() => {
            report.not_run(&format!("the package for Node: {error}"))
        }
        built => built,
    }
}

/// Makes the package from the component in `dist/`.
pub(crate) fn package(project: &Project) -> Result<()> {
    let sources = project.root.join("npm");
    let package = project.root.join("dist/npm/envoi");
    // Files from an earlier build may not match the sources.
    if package.exists() {
        fs::remove_dir_all(&package).context("cannot remove the earlier package")?;
    }
    let jco = jco::fetch(&sources)?;
    copy(&sources, &package)?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-UNICODE"] {
        fs::copy(project.root.join(licence), package.join(licence))?;
    }
    transpile(project, &jco, &package.join("sync"))?;
    declare(&package)?;
    check_version(&package)?;
    println!("npm: dist/npm/envoi, for `npm pack`");
    Ok(())
}

/// The component as a module, and declarations from wit/, because those of the module lack documentation.
fn transpile(project: &Project, jco: &Jco, folder: &Path) -> Result<()> {
    let wanted = [
        // Without `--strict`, a port that is not a number becomes 0.
        ("dist/envoi.wasm", "transpile --strict --no-typescript"),
        ("wit", "types --strict --world-name envoi"),
    ];
    for (source, words) in wanted {
        let mut jco = jco.command();
        jco.args(words.split(' '))
            .args(["--quiet", "--name", "envoi"]);
        jco.arg("--out-dir").arg(folder);
        run(jco.arg(project.root.join(source)))?;
    }
    Ok(())
}

fn declare(package: &Path) -> Result<()> {
    let folder = package.join(INTERFACES);
    let text =
        fs::read_to_string(folder.join(SMTP)).with_context(|| format!("jco made no {SMTP}"))?;
    let interface = declarations::Interface::read(&text);
    fs::write(package.join("types/smtp.d.ts"), interface.asynchronous()?)?;
    fs::write(package.join("src/methods.js"), interface.methods())?;
    // Of all interfaces, the documentation changes.
    for file in fs::read_dir(&folder)? {
        let file = file?;
        if file
            .file_name()
            .to_string_lossy()
            .starts_with("envoi-mail-")
        {
            let text = fs::read_to_string(file.path())?;
            fs::write(file.path(), declarations::Interface::read(&text).text)?;
        }
    }
    Ok(())
}

/// Copies a folder and its contents.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

fn check_version(package: &Path) -> Result<()> {
    let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
    let manifest = fs::read_to_string(package.join("package.json"))?;
    ensure!(
        manifest.contains(version),
        "npm/package.json lacks {version}, the workspace's"
    );
    Ok(())
}

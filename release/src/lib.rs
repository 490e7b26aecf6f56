//! The files of a release, in `dist/release/`: all from one commit and the components built from it.
//!
//! ```text
//! envoi.wasm  envoi-wide.wasm                    as built
//! envoi-p3.wasm  envoi-compose.wasm
//! envoi-oauth.wasm  envoi-cli.wasm
//! envoi-login.wasm
//! NAME.wasm.cdx.json                             the bill of materials of each (CycloneDX)
//! envoi-mail-VERSION.wasm                        the WIT package
//! envoi-VERSION.tgz                              the npm package
//! NAME-VERSION.crate                             the crates
//! RELEASE.md                                     the list of files, and the commands that publish them
//! SHA256SUMS                                     the sums of all files
//! ```
//!
//! No file tells when or where it was made: the same compilers make the same bytes from the commit again.

mod commit;
mod compatibility;
pub mod crates;
mod instructions;
mod npm;
mod packages;
mod place;
mod publication;
mod sbom;
mod sums;
mod tree;
mod wit_package;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub use commit::Commit;
pub use compatibility::{check_interface, interface_of, previous_release};
pub use place::Place;
pub use publication::publish;
pub use sbom::sbom;
pub use sums::{sha256, sums};
pub use wit_package::wit_package;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const LICENCE: &str = "MIT OR Apache-2.0";

/// The second part is for the data in `unicode/src/tables.bin`.
const LICENCE_WITH_DATA: &str = "(MIT OR Apache-2.0) AND Unicode-3.0";

/// A component of the release.
pub struct Component {
    /// Its name in `dist/`.
    pub file: &'static str,
    /// The crates of this project at its root.
    pub crates: &'static [&'static str],
    pub dependencies: Dependencies,
    pub licence: &'static str,
    pub about: &'static str,
}

/// The dependencies of the crates at the root whose code is inside.
pub enum Dependencies {
    All,
    /// All with this feature instead of the default ones.
    WithFeature(&'static str),
    Only(&'static [&'static str]),
}

pub const COMPONENTS: [Component; 7] = [
    Component {
        file: "envoi.wasm",
        crates: &["envoi"],
        dependencies: Dependencies::All,
        licence: LICENCE_WITH_DATA,
        about: "An SMTP client as a WebAssembly component, for every host of WASI 0.2",
    },
    Component {
        file: "envoi-wide.wasm",
        crates: &["envoi"],
        dependencies: Dependencies::All,
        licence: LICENCE_WITH_DATA,
        about: "The same, faster, for hosts with wide arithmetic",
    },
    Component {
        file: "envoi-p3.wasm",
        crates: &["envoi"],
        dependencies: Dependencies::WithFeature("component-p3"),
        licence: LICENCE_WITH_DATA,
        about: "The same for WASI 0.3: async, and many messages at the same time",
    },
    Component {
        file: "envoi-compose.wasm",
        crates: &["envoi"],
        dependencies: Dependencies::Only(&["envoi-message", "wasip2", "wit-bindgen", "zeroize"]),
        licence: LICENCE_WITH_DATA,
        about: "Composes and signs messages, without SMTP",
    },
    Component {
        file: "envoi-oauth.wasm",
        crates: &["envoi-oauth"],
        dependencies: Dependencies::All,
        licence: LICENCE,
        about: "Gets OAuth 2.0 tokens for SMTP, over wasi:http",
    },
    Component {
        file: "envoi-cli.wasm",
        crates: &["envoi-cli", "envoi"],
        dependencies: Dependencies::All,
        licence: LICENCE_WITH_DATA,
        about: "A command that sends messages, for every host of wasi:cli",
    },
    Component {
        file: "envoi-login.wasm",
        crates: &["envoi-login"],
        dependencies: Dependencies::All,
        licence: LICENCE,
        about: "A command that gets a refresh token by a person's consent",
    },
];

/// The root of the checkout.
pub fn root() -> PathBuf {
    let release = Path::new(env!("CARGO_MANIFEST_DIR"));
    release.parent().expect("inside a checkout").into()
}

/// Makes the folder anew. `rustc` is the version of the compiler that built the components.
pub fn make(folder: &Path, commit: &Commit, rustc: &str) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for component in &COMPONENTS {
        let bytes = read(component)?;
        let sbom = sbom(component, &bytes, &commit.date, rustc)?;
        fs::write(folder.join(component.file), bytes)?;
        fs::write(folder.join(format!("{}.cdx.json", component.file)), sbom)?;
    }
    let package = format!("envoi-mail-{VERSION}.wasm");
    fs::write(folder.join(package), wit_package(&root().join("wit"))?)?;
    crates::package(folder)?;
    npm::pack(folder)?;
    let instructions = instructions::text(commit, rustc);
    fs::write(folder.join("RELEASE.md"), instructions)?;
    fs::write(folder.join("SHA256SUMS"), sums(folder)?)?;
    Ok(())
}

/// The component as built, from `dist/`.
pub fn read(component: &Component) -> Result<Vec<u8>> {
    let path = root().join("dist").join(component.file);
    fs::read(&path).with_context(|| {
        format!(
            "cannot read {}: `cargo xtask dist` builds it",
            path.display()
        )
    })
}

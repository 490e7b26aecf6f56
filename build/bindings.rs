//! What `wit_bindgen::generate!` would make of the world `envoi`, by the library below that macro, and then
//! made smaller.

use std::{env, error::Error, fs, path::Path};

use wit_bindgen_core::{
    Files, WorldGenerator,
    wit_parser::{Resolve, WorldKey},
};
use wit_bindgen_rust::{Opts, WithOption};

use crate::shared;

const WIT: &str = "wit";

pub fn write() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={WIT}");
    let mut bindings = syn::parse_file(&generate()?)?;
    shared::share(&mut bindings)?;
    let output = Path::new(&env::var("OUT_DIR")?).join("bindings.rs");
    Ok(fs::write(output, prettyplease::unparse(&bindings))?)
}

fn generate() -> Result<String, Box<dyn Error>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(WIT)?;
    let world = resolve.select_world(&[package], Some("envoi"))?;
    let imports = resolve.worlds[world].imports.keys();
    let options = Opts {
        with: imports.filter_map(|key| wasi(&resolve, key)).collect(),
        ..Opts::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, contents) = files.iter().next().ok_or("wit-bindgen writes no file")?;
    Ok(String::from_utf8(contents.to_vec())?)
}

/// `wasi::io::streams` for `wasi:io/streams@0.2.12`.
fn wasi(resolve: &Resolve, key: &WorldKey) -> Option<(String, WithOption)> {
    let interface = resolve.name_world_key(key);
    let (package, name) = interface.strip_prefix("wasi:")?.split_once('/')?;
    let (name, _version) = name.split_once('@')?;
    let path = format!("wasi::{package}::{}", name.replace('-', "_"));
    Some((interface, WithOption::Path(path)))
}

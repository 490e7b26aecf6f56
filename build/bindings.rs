//! What `wit_bindgen::generate!` would make of the world `envoi`, by the library below that macro, and then
//! made smaller.

use std::{env, error::Error, fs, path::Path};

use wit_bindgen_core::{Files, WorldGenerator, wit_parser::Resolve};
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
    let mut options = Opts::default();
    options.with = imports
        .filter_map(|key| {
            let interface = resolve.name_world_key(key);
            let path = in_wasip2(&interface)?;
            Some((interface, WithOption::Path(path)))
        })
        .collect();
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, contents) = files.iter().next().ok_or("wit-bindgen writes no file")?;
    Ok(String::from_utf8(contents.to_vec())?)
}

/// `wasip2::io::streams` of `wasi:io/streams@0.2.12`.
fn in_wasip2(interface: &str) -> Option<String> {
    let (package, name) = interface.strip_prefix("wasi:")?.split_once('/')?;
    let (name, _version) = name.split_once('@')?;
    Some(format!("wasip2::{package}::{}", name.replace('-', "_")))
}

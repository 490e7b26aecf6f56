//! Composes components, like the command `wac plug`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PackageId, plug as plug_into};

/// `socket` with the exports of `plug` in the place of the imports that they match.
pub fn plug(socket: &Path, plug: &Path) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let plug = register(&mut graph, "compose:plug", plug)?;
    let socket = register(&mut graph, "compose:socket", socket)?;
    plug_into(&mut graph, vec![plug], socket)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

fn register(graph: &mut CompositionGraph, name: &str, path: &Path) -> Result<PackageId> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let package = Package::from_bytes(name, None, bytes, graph.types_mut())
        .with_context(|| format!("{} is not a component", path.display()))?;
    Ok(graph.register_package(package)?)
}

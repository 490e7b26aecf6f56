//! Writes the bindings that src/component.rs includes.

#[cfg(feature = "component")]
mod bindings;
#[cfg(feature = "component")]
mod detached;
#[cfg(feature = "component")]
mod shared;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build");
    #[cfg(feature = "component")]
    bindings::write()?;
    Ok(())
}

//! The host's state for an instance of the component.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

pub struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Default for State {
    /// Grants connections and name lookup, which is all that the component needs: no files, no environment.
    fn default() -> State {
        let mut wasi = WasiCtxBuilder::new();
        wasi.allow_tcp(true);
        wasi.inherit_network();
        wasi.allow_ip_name_lookup(true);
        State {
            wasi: wasi.build(),
            table: ResourceTable::new(),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

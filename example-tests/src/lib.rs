//! What the examples' tests share with the programs that show them.

pub mod site;

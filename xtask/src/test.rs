use crate::workspace::Workspace;
use anyhow::Result;
pub fn everything(_: &Workspace) -> Result<()> {
    todo!()
}

//! The names of people on the staff whose ids stand in the audit trail.

use std::collections::BTreeMap;

use store::{StoreError, Tx};

/// Names that were looked up, each once.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// The name of the member of staff with this id, as text; the text itself if there is none.
    pub(crate) async fn of(&mut self, tx: &mut Tx, id: &str) -> Result<String, StoreError> {
        if let Some(name) = self.0.get(id) {
            return Ok(name.clone());
        }
        let found = match kernel::StaffId::parse(id) {
            Some(staff) => store::staff::by_id(tx, staff).await?.map(|row| row.name),
            None => None,
        };
        let name = found.unwrap_or_else(|| id.to_owned());
        self.0.insert(id.to_owned(), name.clone());
        Ok(name)
    }
}

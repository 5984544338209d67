//! ID cards to print, cut out and fold.

use jiff::civil::Date;
use kernel::{Language, MemberId};
use serde_json::{Value, json};

use crate::strings::strings;
use crate::{DocumentError, geometry};

/// One member's card, front and back.
#[derive(Clone, Debug)]
pub struct IdCardFace {
    /// Who is covered.
    pub name: String,
    /// The member ID.
    pub member_id: MemberId,
    /// The subscriber, on the card of another member.
    pub subscriber: Option<String>,
    /// The product.
    pub product: String,
    /// Short facts on the front, a label and what it says: group number, pharmacy BIN.
    pub facts: Vec<(String, String)>,
    /// What a visit costs, a short line each.
    pub copays: Vec<String>,
    /// Phones on the back, what they are for and the number.
    pub phones: Vec<(String, String)>,
    /// Sentences on the back.
    pub back: Vec<String>,
    /// The payer id for claims, on the back.
    pub payer_id: Option<String>,
    /// Where claims and letters go, on the back.
    pub address: Vec<String>,
}

/// A page of cards to cut out and fold.
#[derive(Clone, Debug)]
pub struct IdCards {
    /// The language of every word on it.
    pub language: Language,
    /// Whose cards they are.
    pub organisation: String,
    /// The plan's website, on the back.
    pub website: String,
    /// The colour of the head of a card, `#rrggbb`, dark enough for white letters.
    pub colour: String,
    /// The day it was made.
    pub made_on: Date,
    /// The cards: one for each member.
    pub cards: Vec<IdCardFace>,
}

impl IdCards {
    pub(crate) fn values(&self) -> Result<Value, DocumentError> {
        if self.cards.is_empty() {
            return Err(DocumentError::Nothing);
        }
        let s = strings(self.language);
        let cards: Vec<Value> = self
            .cards
            .iter()
            .map(|card| {
                json!({
                    "title": format!("{} {}", s.card_of, card.name),
                    "name": card.name,
                    "member_id": card.member_id.grouped(),
                    "subscriber": card.subscriber,
                    "product": card.product,
                    "facts": card.facts,
                    "copays": card.copays,
                    "phones": card.phones,
                    "back": card.back,
                    "payer_id": card.payer_id,
                    "address": card.address,
                })
            })
            .collect();
        Ok(json!({
            "s": s,
            "lang": self.language.tag(),
            "title": s.card_title,
            "date": [self.made_on.year(), self.made_on.month(), self.made_on.day()],
            "organisation": self.organisation,
            "website": self.website,
            "colour": self.colour,
            "card_width": geometry::CARD_WIDTH,
            "card_height": geometry::CARD_HEIGHT,
            "cards": cards,
        }))
    }
}

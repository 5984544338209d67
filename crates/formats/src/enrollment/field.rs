//! The fields of a roster record, with their names in both formats.

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $column:literal, $segment:literal, $element:literal;)*) => {
        /// A field of a roster record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// All fields, in the order of the CSV columns that the product writes.
            pub const ALL: &'static [Field] = &[$(Field::$name,)*];

            /// The CSV column; empty for a field that only 834 files carry.
            #[must_use]
            pub const fn column(self) -> &'static str {
                match self { $(Field::$name => $column,)* }
            }

            /// The X12 segment, such as `REF`.
            #[must_use]
            pub const fn segment(self) -> &'static str {
                match self { $(Field::$name => $segment,)* }
            }

            /// The X12 element with its qualifier, such as `REF02 of REF*0F`.
            #[must_use]
            pub const fn element(self) -> &'static str {
                match self { $(Field::$name => $element,)* }
            }
        }
    };
}

fields! {
    /// What to do with the record.
    Maintenance = "maintenance", "INS", "INS03";
    /// Why, as the sender codes it (INS04), such as 59 for non-payment.
    Reason = "reason", "INS", "INS04";
    /// Y for the subscriber, N for a dependent. In CSV the relationship says it.
    IsSubscriber = "", "INS", "INS01";
    /// The relationship to the subscriber.
    Relationship = "relationship", "INS", "INS02";
    /// The member's own 11-digit member ID.
    MemberId = "member_id", "REF", "REF02 of REF*23, else NM109 of NM1*IL with NM108 ZZ";
    /// The subscriber's 11-digit member ID.
    SubscriberId = "subscriber_id", "REF", "REF02 of REF*0F or REF*ZZ";
    /// The member ID that the member had before, when it changes.
    PriorMemberId = "prior_member_id", "REF", "REF02 of REF*Q4";
    /// The exchange's ID of the member.
    ExchangeMemberId = "exchange_member_id", "REF", "REF02 of REF*17";
    /// The exchange's ID of the policy.
    ExchangePolicyId = "exchange_policy_id", "REF", "REF02 of REF*6O";
    /// The group or policy number of the member level.
    GroupNumber = "group_number", "REF", "REF02 of REF*1L before HD";
    /// Last name, or the only name.
    LastName = "last_name", "NM1", "NM103";
    /// First name.
    FirstName = "first_name", "NM1", "NM104";
    /// Middle name.
    MiddleName = "middle_name", "NM1", "NM105";
    /// Date of birth.
    BirthDate = "birth_date", "DMG", "DMG02";
    /// Gender.
    Gender = "gender", "DMG", "DMG03";
    /// Street line of the residence.
    Line1 = "address_line_1", "N3", "N301 of the member's N3";
    /// Second line of the residence.
    Line2 = "address_line_2", "N3", "N302 of the member's N3";
    /// City of the residence.
    City = "city", "N4", "N401 of the member's N4";
    /// State of the residence.
    State = "state", "N4", "N402 of the member's N4";
    /// ZIP code of the residence.
    Zip = "zip", "N4", "N403 of the member's N4";
    /// Street line of the mailing address.
    MailingLine1 = "mailing_line_1", "N3", "N301 after NM1*31";
    /// Second line of the mailing address.
    MailingLine2 = "mailing_line_2", "N3", "N302 after NM1*31";
    /// City of the mailing address.
    MailingCity = "mailing_city", "N4", "N401 after NM1*31";
    /// State of the mailing address.
    MailingState = "mailing_state", "N4", "N402 after NM1*31";
    /// ZIP code of the mailing address.
    MailingZip = "mailing_zip", "N4", "N403 after NM1*31";
    /// Telephone number.
    Phone = "phone", "PER", "PER number after TE, CP, HP or WP";
    /// E-mail address.
    Email = "email", "PER", "PER number after EM";
    /// Language.
    Language = "language", "LUI", "LUI02";
    /// The day from which the change holds.
    MaintenanceEffective = "maintenance_effective", "DTP", "DTP03 of DTP*303";
    /// First day of eligibility.
    EligibilityFirst = "eligibility_first_day", "DTP", "DTP03 of DTP*356";
    /// Last day of eligibility.
    EligibilityLast = "eligibility_last_day", "DTP", "DTP03 of DTP*357";
    /// The plan line.
    PlanLine = "plan_line", "HD", "HD04, else REF*CE, REF*1L or HD03";
    /// The insurance line (HD03), by which a plan line may be told.
    InsuranceLine = "", "HD", "HD03";
    /// The plan's code, such as a HIOS plan ID.
    PlanCode = "plan_code", "REF", "REF02 of REF*CE after HD";
    /// The policy number of the coverage.
    PolicyNumber = "policy_number", "REF", "REF02 of REF*1L after HD";
    /// What to do with the coverage, if not the same as with the member.
    CoverageMaintenance = "coverage_maintenance", "HD", "HD01";
    /// First day of coverage.
    CoverageFirst = "coverage_first_day", "DTP", "DTP03 of DTP*348";
    /// Last day of coverage.
    CoverageLast = "coverage_last_day", "DTP", "DTP03 of DTP*349";
    /// Whether the coverage never took effect.
    Cancelled = "cancelled", "REF", "REF02 after N1*75*ADDL MAINT REASON";
    /// The month's premium for everyone covered.
    Premium = "premium", "REF", "REF02 after N1*75*PRE AMT TOT";
    /// The month's advance payment of the premium tax credit.
    Aptc = "aptc", "REF", "REF02 after N1*75*APTC AMT";
    /// What others than the member and CMS pay each month.
    OtherPayers = "other_payers", "REF", "REF02 after N1*75*OTH PAY AMT or TOT EMP RES AMT";
    /// What the subscriber owes each month, before any penalty.
    Responsibility = "responsibility", "REF", "REF02 after N1*75*TOT RES AMT";
    /// The month's late-enrolment penalty, on top of the premium.
    LatePenalty = "late_enrolment_penalty", "REF", "REF02 after N1*75*LEP AMT";
    /// This member's part of the premium.
    MemberPremium = "member_premium", "REF", "REF02 after N1*75*PRE AMT 1";
}

impl Field {
    /// How many fields there are.
    pub(crate) const COUNT: usize = Field::ALL.len();

    /// The place in an array by field.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The fields that a coverage (HD loop) has of its own.
    pub(crate) const fn is_of_coverage(self) -> bool {
        self.index() >= Field::PlanLine.index()
    }

    /// The field of a CSV column, compared without regard to case, spaces and dashes.
    pub(crate) fn of_column(name: &str) -> Option<Field> {
        let wanted = folded(name);
        Field::ALL
            .iter()
            .copied()
            .find(|f| !f.column().is_empty() && f.column() == wanted)
    }
}

/// A column name in the spelling of [`Field::column`].
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

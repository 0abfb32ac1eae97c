//! Drives the crate gocardless-bankaccountdata against the address that it has by default, through all that it can do but
//! reconfirmations, and prints as JSON what its types hold.
//!
//! - `institutions COUNTRY…` lists the institutions of countries.
//! - `connect INSTITUTION…` creates a requisition at each institution, for as much history as it has.
//! - `read REQUISITION…` reads all data of the accounts of requisitions, and deletes these.

use std::{env, error::Error, sync::Arc};

use gocardless_bankaccountdata::apis::{
    self, Api, ApiClient, accounts_api::*, agreements_api::*, configuration::Configuration,
    institutions_api::*, requisitions_api::*, token_api::*,
};
use gocardless_bankaccountdata::models::{
    EndUserAgreementRequest, EnduserAcceptanceDetailsRequest, JwtObtainPairRequest, JwtRefreshRequest,
    RequisitionRequest,
};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, names) = arguments.split_first().ok_or("institutions, connect or read?")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let results = runtime.block_on(async {
        let client = logged_in().await?;
        let mut results = Vec::new();
        for name in names {
            results.push(match command.as_str() {
                "institutions" => institutions(&client, name).await?,
                "connect" => connect(&client, name).await?,
                _ => read(&client, name).await?,
            });
        }
        Outcome::Ok(results)
    })?;
    println!("{}", serde_json::to_string(&results)?);
    Ok(())
}

/// A client whose access token comes from a refresh token.
async fn logged_in() -> Outcome<ApiClient> {
    let client = ApiClient::new(Arc::new(Configuration::default()));
    let tokens = client
        .token_api()
        .obtain_new_access_slash_refresh_token_pair(ObtainNewAccessSlashRefreshTokenPairParams {
            jwt_obtain_pair_request: JwtObtainPairRequest::new(
                env::var("SECRET_ID")?,
                env::var("SECRET_KEY")?,
            ),
        })
        .await?;
    let refreshed = client
        .token_api()
        .get_a_new_access_token(GetANewAccessTokenParams {
            jwt_refresh_request: JwtRefreshRequest::new(tokens.refresh.ok_or("no refresh token")?),
        })
        .await?;
    let bearer_access_token = Some(refreshed.access.ok_or("no access token")?);
    Ok(ApiClient::new(Arc::new(Configuration { bearer_access_token, ..Configuration::default() })))
}

async fn institutions(client: &ApiClient, country: &str) -> Outcome<Value> {
    let params = RetrieveAllSupportedInstitutionsInAGivenCountryParams {
        access_scopes_supported: None,
        account_selection_supported: None,
        business_accounts_supported: None,
        card_accounts_supported: None,
        corporate_accounts_supported: None,
        country: Some(country.to_owned()),
        pending_transactions_supported: Some("true".to_owned()),
        private_accounts_supported: None,
        read_debtor_account_supported: None,
        read_refund_account_supported: None,
        separate_continuous_history_consent_supported: None,
        ssn_verification_supported: None,
    };
    let api = client.institutions_api();
    Ok(json!(api.retrieve_all_supported_institutions_in_a_given_country(params).await?))
}

async fn connect(client: &ApiClient, id: &str) -> Outcome<Value> {
    let institution = client
        .institutions_api()
        .retrieve_institution(RetrieveInstitutionParams { id: id.to_owned() })
        .await?;
    let agreements = client.agreements_api();
    let request = || CreateEuaParams {
        end_user_agreement_request: EndUserAgreementRequest {
            max_historical_days: institution
                .transaction_total_days
                .as_deref()
                .and_then(|days| days.parse().ok()),
            ..EndUserAgreementRequest::new(id.to_owned())
        },
    };
    let agreement = agreements.create_eua(request()).await?;
    let requisition = client
        .requisitions_api()
        .create_requisition(CreateRequisitionParams {
            requisition_request: RequisitionRequest {
                agreement: agreement.id,
                reference: Some(format!("rust {id}")),
                ..RequisitionRequest::new(Some("http://localhost/".to_owned()), id.to_owned())
            },
        })
        .await?;
    // Another agreement, which is accepted without a consent page and deleted.
    let spare = agreements.create_eua(request()).await?.id.ok_or("no id")?.to_string();
    let accepted = agreements
        .accept_eua(AcceptEuaParams {
            id: spare.clone(),
            enduser_acceptance_details_request: EnduserAcceptanceDetailsRequest::new(
                "Firefox".to_owned(),
                "192.0.2.1".to_owned(),
            ),
        })
        .await?;
    let deleted = agreements.delete_eua_by_id(DeleteEuaByIdParams { id: spare }).await?;
    Ok(json!({
        "institution": institution,
        "agreement": agreement,
        "requisition": requisition,
        "accepted": accepted,
        "deleted": deleted,
    }))
}

async fn read(client: &ApiClient, id: &str) -> Outcome<Value> {
    let api = client.requisitions_api();
    let requisition = api.requisition_by_id(RequisitionByIdParams { id: id.to_owned() }).await?;
    let agreement = client
        .agreements_api()
        .retrieve_eua_by_id(RetrieveEuaByIdParams {
            id: requisition.agreement.ok_or("no agreement")?.to_string(),
        })
        .await?;
    let agreements = client
        .agreements_api()
        .retrieve_all_agreements(RetrieveAllAgreementsParams { limit: Some(1), offset: Some(0) })
        .await?;
    let requisitions = api
        .retrieve_all_requisitions(RetrieveAllRequisitionsParams { limit: Some(100), offset: None })
        .await?;
    let mut accounts = Vec::new();
    for account_id in requisition.accounts.iter().flatten() {
        accounts.push(account(client, &account_id.to_string()).await?);
    }
    let deleted = api.delete_requisition_by_id(DeleteRequisitionByIdParams { id: id.to_owned() }).await?;
    let Err(apis::Error::ResponseError(refused)) =
        api.requisition_by_id(RequisitionByIdParams { id: id.to_owned() }).await
    else {
        return Err("the requisition is still there".into());
    };
    Ok(json!({
        "requisition": requisition,
        "agreement": agreement,
        "known": [agreements.count, agreements.results.len() as i32, requisitions.results.len() as i32],
        "accounts": accounts,
        "deleted": deleted,
        "refused": [json!(refused.status.as_u16()), json!(refused.entity)],
    }))
}

async fn account(client: &ApiClient, id: &str) -> Outcome<Value> {
    let api = client.accounts_api();
    let id = || id.to_owned();
    let transactions = |day: Option<String>| {
        api.retrieve_account_transactions(RetrieveAccountTransactionsParams {
            id: id(),
            date_from: day.clone(),
            date_to: day,
        })
    };
    let metadata = api.retrieve_account_metadata(RetrieveAccountMetadataParams { id: id() }).await?;
    let balances = api.retrieve_account_balances(RetrieveAccountBalancesParams { id: id() }).await?;
    let details = api.retrieve_account_details(RetrieveAccountDetailsParams { id: id() }).await?;
    let all = transactions(None).await?;
    let newest = all.transactions.booked.first().ok_or("no entry")?;
    let of_a_day = transactions(newest.booking_date.clone()).await?;
    Ok(json!({
        "metadata": metadata,
        "balances": balances,
        "details": details,
        "transactions": [all, of_a_day],
    }))
}

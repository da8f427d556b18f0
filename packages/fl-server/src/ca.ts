/**
 * The certificate authority of a federation.
 *
 * @module
 */
export type { CertificateRecord, RevocationRecord } from "./ca/authority-folder.js";
export {
  type AuthorityOptions,
  type CertificateState,
  type CreateAuthorityOptions,
  createCertificateAuthority,
  type IssuedCertificate,
  type IssueOptions,
  issueCertificate,
  type ListedCertificate,
  listCertificates,
  revokeCertificate,
} from "./ca/certificate-authority.js";
export { createRevocationList } from "./ca/revocation-list.js";
export type { CertificateKind } from "./ca/sign-certificate.js";

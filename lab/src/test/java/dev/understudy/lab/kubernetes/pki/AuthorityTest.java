// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The platform's own reader and validator judge what was made. */
class AuthorityTest {
  private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");
  private final Authority authority = new Authority(NOW);

  private static X509Certificate read(String pem) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static void validate(X509Certificate certificate, X509Certificate trusted, Instant at)
      throws Exception {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(trusted, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }

  @Test
  void whatItIssuesSaysWhoAndWhereAndIsTrusted() throws Exception {
    Identity node =
        authority.issue("O=system:nodes, CN=system:node:n1", List.of("10.10.0.11", "n1"));
    X509Certificate certificate = read(node.certificatePem());
    X509Certificate trusted = read(authority.own().certificatePem());
    validate(certificate, trusted, NOW);
    validate(certificate, trusted, NOW.minusSeconds(3600));

    assertThat(certificate.getSubjectX500Principal().getName())
        .isEqualTo("O=system:nodes,CN=system:node:n1");
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(List.of(7, "10.10.0.11"), List.of(2, "n1"));
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getBasicConstraints()).as("is no authority").isEqualTo(-1);
    assertThat(trusted.getBasicConstraints()).as("is one").isNotNegative();
    assertThat(certificate.getPublicKey()).isEqualTo(node.keys().getPublic());
  }

  @Test
  void nobodyElseIsTrusted() throws Exception {
    X509Certificate certificate = read(authority.issue("CN=a", List.of()).certificatePem());
    X509Certificate stranger = read(new Authority(NOW).own().certificatePem());
    assertThatThrownBy(() -> validate(certificate, stranger, NOW))
        .isInstanceOf(CertPathValidatorException.class);
    X509Certificate trusted = read(authority.own().certificatePem());
    assertThatThrownBy(() -> validate(certificate, trusted, NOW.plusSeconds(4000L * 86_400)))
        .isInstanceOf(CertPathValidatorException.class);
  }

  @Test
  void twoCertificatesHaveTwoNumbers() throws Exception {
    X509Certificate first = read(authority.issue("CN=a", List.of()).certificatePem());
    X509Certificate second = read(authority.issue("CN=a", List.of()).certificatePem());
    assertThat(first.getSerialNumber()).isNotEqualTo(second.getSerialNumber()).isPositive();
  }
}

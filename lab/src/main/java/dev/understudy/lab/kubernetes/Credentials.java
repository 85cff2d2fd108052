// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import dev.understudy.lab.kubernetes.pki.Authority;
import dev.understudy.lab.kubernetes.pki.Identity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who may do what in one cluster: certificates, keys and kubeconfigs, as names and contents. */
final class Credentials {
  private final Authority authority;

  Credentials(Authority authority) {
    this.authority = authority;
  }

  /** For people: everything is allowed. */
  String admin() {
    return kubeconfig("O=system:masters, CN=admin");
  }

  /** For the control plane. */
  Map<String, String> ofControl() {
    Identity server =
        authority.issue(
            "CN=kube-apiserver",
            List.of(
                Addresses.CONTROL,
                Addresses.API_SERVICE,
                "127.0.0.1",
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc"));
    Identity towardsKubelets =
        authority.issue("O=system:masters, CN=kube-apiserver-kubelet-client", List.of());
    Identity tokens = authority.bareKeys();
    Map<String, String> files = new LinkedHashMap<>();
    files.put("ca.crt", authority.own().certificatePem());
    files.put("apiserver.crt", server.certificatePem());
    files.put("apiserver.key", server.privateKeyPem());
    files.put("kubelet-client.crt", towardsKubelets.certificatePem());
    files.put("kubelet-client.key", towardsKubelets.privateKeyPem());
    files.put("tokens.key", tokens.privateKeyPem());
    files.put("tokens.pub", tokens.publicKeyPem());
    files.put("controllers.kubeconfig", kubeconfig("CN=system:kube-controller-manager"));
    files.put("scheduler.kubeconfig", kubeconfig("CN=system:kube-scheduler"));
    return files;
  }

  /** For one node. */
  Map<String, String> ofNode(String node) {
    String name = "O=system:nodes, CN=system:node:" + node;
    Identity server = authority.issue(name, List.of(Addresses.node(node), node));
    Map<String, String> files = new LinkedHashMap<>();
    files.put("ca.crt", authority.own().certificatePem());
    files.put("node.crt", server.certificatePem());
    files.put("node.key", server.privateKeyPem());
    files.put("kubelet.kubeconfig", kubeconfig(name));
    files.put("kube-proxy.kubeconfig", kubeconfig("CN=system:kube-proxy"));
    return files;
  }

  private String kubeconfig(String name) {
    Identity identity = authority.issue(name, List.of());
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: lab
      cluster: {server: "%s", certificate-authority-data: %s}
    users:
    - name: lab
      user: {client-certificate-data: %s, client-key-data: %s}
    contexts:
    - name: lab
      context: {cluster: lab, user: lab}
    current-context: lab
    """
        .formatted(
            Addresses.api(),
            base64(authority.own().certificatePem()),
            base64(identity.certificatePem()),
            base64(identity.privateKeyPem()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

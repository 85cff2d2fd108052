// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of the control plane's programs, an argument a line; see control.sh. */
final class ControlFiles {
  private final String disk;
  private final Timers timers;

  /**
   * @param disk where etcd keeps its data
   */
  ControlFiles(String disk, Timers timers) {
    this.disk = disk;
    this.timers = timers;
  }

  /** File names and contents. */
  Map<String, String> all(Credentials credentials) {
    Map<String, String> files = new LinkedHashMap<>(credentials.ofControl());
    files.put("etcd.arguments", lines(etcd(), List.of()));
    files.put("kube-apiserver.arguments", lines(apiserver(), timers.apiserver()));
    files.put("kube-controller-manager.arguments", lines(controllers(), timers.controllers()));
    files.put(
        "kube-scheduler.arguments",
        lines(
            List.of(
                "--kubeconfig=scheduler.kubeconfig",
                "--leader-elect=false",
                "--bind-address=127.0.0.1"),
            List.of()));
    return files;
  }

  private List<String> etcd() {
    return List.of(
        "--data-dir=" + disk + "/etcd",
        "--listen-client-urls=http://127.0.0.1:2379",
        "--advertise-client-urls=http://127.0.0.1:2379",
        "--listen-peer-urls=http://127.0.0.1:2380",
        "--initial-advertise-peer-urls=http://127.0.0.1:2380",
        "--initial-cluster=default=http://127.0.0.1:2380");
  }

  private static List<String> apiserver() {
    return List.of(
        "--etcd-servers=http://127.0.0.1:2379",
        "--advertise-address=" + Addresses.CONTROL,
        "--secure-port=6443",
        "--client-ca-file=ca.crt",
        "--tls-cert-file=apiserver.crt",
        "--tls-private-key-file=apiserver.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=tokens.pub",
        "--service-account-signing-key-file=tokens.key",
        "--service-cluster-ip-range=" + Addresses.SERVICES,
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--kubelet-preferred-address-types=InternalIP",
        "--kubelet-client-certificate=kubelet-client.crt",
        "--kubelet-client-key=kubelet-client.key",
        "--kubelet-certificate-authority=ca.crt");
  }

  private static List<String> controllers() {
    return List.of(
        "--kubeconfig=controllers.kubeconfig",
        "--root-ca-file=ca.crt",
        "--service-account-private-key-file=tokens.key",
        "--use-service-account-credentials=true",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        "--kube-api-qps=300",
        "--kube-api-burst=600",
        "--allocate-node-cidrs=false",
        "--cluster-cidr=" + Addresses.PODS,
        "--flex-volume-plugin-dir=../run/flex");
  }

  private static String lines(List<String> usual, List<String> tuned) {
    List<String> all = new ArrayList<>(usual);
    all.addAll(tuned);
    return String.join("\n", all) + "\n";
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The configuration of what runs on a node; see node.sh for where it is there. */
final class NodeFiles {
  /** The image whose program holds a Pod's namespaces. */
  static final String PAUSE = "lab.local/pause:1";

  private static final String CONFIG = "/run/understudy-lab/config";
  private static final long OPEN_FILES_USUAL = 1_000_000;

  private final String node;
  private final String group;
  private final KubernetesRecord record;

  NodeFiles(String node, String group, KubernetesRecord record) {
    this.node = node;
    this.group = group;
    this.record = record;
  }

  /** File names and contents. */
  Map<String, String> all(Credentials credentials, OptionalLong openFilesMost) {
    Map<String, String> files = new LinkedHashMap<>(credentials.ofNode(node));
    files.put("cni.conflist", network());
    files.put("containerd.toml", containerd());
    files.put("kubelet.yaml", kubelet(openFilesMost.orElse(OPEN_FILES_USUAL)));
    files.put("kube-proxy.yaml", proxy());
    files.put("resolv.conf", "# No name server: the lab has none.\n");
    return files;
  }

  /** A point-to-point link for each Pod, so that one Pod cannot speak to another past the node. */
  private String network() {
    return """
    {
      "cniVersion": "1.0.0",
      "name": "lab",
      "plugins": [
        {
          "type": "ptp",
          "ipMasq": false,
          "mtu": 1500,
          "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": "%s"}]],
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": "/run/cni-addresses"
          }
        },
        {"type": "portmap", "capabilities": {"portMappings": true}}
      ]
    }
    """
        .formatted(Addresses.pods(node));
  }

  private String containerd() {
    return """
    version = 3
    root = "/var/lib/containerd"
    state = "/run/containerd"
    disabled_plugins = [
      "io.containerd.snapshotter.v1.blockfile",
      "io.containerd.snapshotter.v1.btrfs",
      "io.containerd.snapshotter.v1.devmapper",
      "io.containerd.snapshotter.v1.erofs",
      "io.containerd.snapshotter.v1.zfs",
      "io.containerd.differ.v1.erofs",
      "io.containerd.nri.v1.nri",
      "io.containerd.tracing.processor.v1.otlp",
      "io.containerd.internal.v1.tracing"]
    [grpc]
      address = "/run/containerd/containerd.sock"
    [plugins.'io.containerd.cri.v1.images'.pinned_images]
      sandbox = "%1$s"
    [plugins.'io.containerd.cri.v1.runtime']
      restrict_oom_score_adj = true
      disable_apparmor = true
      [plugins.'io.containerd.cri.v1.runtime'.cni]
        bin_dirs = ["%2$s"]
        conf_dir = "/etc/cni/net.d"
      [plugins.'io.containerd.cri.v1.runtime'.containerd]
        default_runtime_name = "runc"
        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
            BinaryName = "%2$s/runc"
            SystemdCgroup = false
    """
        .formatted(PAUSE, record.programs().tools());
  }

  private String kubelet(long openFiles) {
    return """
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    authentication:
      anonymous: {enabled: false}
      webhook: {enabled: true}
      x509: {clientCAFile: %1$s/ca.crt}
    authorization: {mode: Webhook}
    tlsCertFile: %1$s/node.crt
    tlsPrivateKeyFile: %1$s/node.key
    containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
    cgroupDriver: cgroupfs
    cgroupRoot: %2$s
    enforceNodeAllocatable: []
    failSwapOn: false
    failCgroupV1: false
    localStorageCapacityIsolation: false
    evictionHard:
      {memory.available: 50Mi, nodefs.available: 1%%, imagefs.available: 1%%}
    imageGCHighThresholdPercent: 100
    imageGCLowThresholdPercent: 99
    oomScoreAdj: 0
    maxOpenFiles: %3$d
    makeIPTablesUtilChains: false
    readOnlyPort: 0
    resolvConf: %1$s/resolv.conf
    volumePluginDir: /var/lib/kubelet/plugins
    %4$s\
    """
        .formatted(CONFIG, NodeCgroups.root(group, node), openFiles, record.timers().kubelet());
  }

  private String proxy() {
    return """
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: %1$s
    clientConnection: {kubeconfig: %2$s/kube-proxy.kubeconfig}
    hostnameOverride: %3$s
    clusterCIDR: %4$s
    oomScoreAdj: 0
    conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
    """
        .formatted(record.proxy().text(), CONFIG, node, Addresses.PODS);
  }
}

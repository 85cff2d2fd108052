// SPDX-License-Identifier: Apache-2.0
/**
 * A real Kubernetes of three nodes on one machine, without a container engine: etcd, API server,
 * controllers and scheduler in one set of namespaces, and for each node a kubelet, containerd,
 * runc, CNI plugins and kube-proxy in another.
 *
 * <p>{@link dev.understudy.lab.kubernetes.KubernetesLab} is all that others see. Keeper, switch,
 * ports, crashes and the way back from a failed start are those of {@link
 * dev.understudy.lab.cluster}. {@link dev.understudy.lab.kubernetes.KubernetesStart} is the way up,
 * {@link dev.understudy.lab.kubernetes.KubernetesParts} starts the pieces, {@link
 * dev.understudy.lab.kubernetes.KubernetesFolder} has what must be known later and takes everything
 * away. {@link dev.understudy.lab.kubernetes.ControlFiles}, {@link
 * dev.understudy.lab.kubernetes.NodeFiles} and {@link dev.understudy.lab.kubernetes.Credentials}
 * are what the programs are told; what runs first inside the namespaces are the shell scripts
 * beside this package's resources.
 */
@NullMarked
package dev.understudy.lab.kubernetes;

import org.jspecify.annotations.NullMarked;

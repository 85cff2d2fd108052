// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.plan;

import dev.understudy.api.cluster.Ipv4;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where clients reach a workload: the address that follows its active Pod.
 *
 * @param address IPv4, that of a Service
 * @param port TCP
 * @param targetPort the port of the Pod behind it
 */
public record Door(int address, int port, int targetPort) {
  /**
   * That of the Service that selects the Deployment's Pods: the first one by name that has an
   * address, and its first TCP port.
   *
   * @param services of the Deployment's namespace
   * @param wished the only address that will do, where the user names one
   */
  public static Optional<Door> of(
      Deployment deployment, List<Service> services, Optional<String> wished) {
    return services.stream()
        .filter(service -> selects(service, deployment))
        .filter(service -> wished.isEmpty() || wished.get().equals(address(service)))
        .sorted(Comparator.comparing(service -> service.getMetadata().getName()))
        .flatMap(service -> of(service, deployment).stream())
        .findFirst();
  }

  private static String address(Service service) {
    return Optional.ofNullable(service.getSpec().getClusterIP()).orElse("");
  }

  private static boolean selects(Service service, Deployment deployment) {
    Map<String, String> selector =
        Optional.ofNullable(service.getSpec().getSelector()).orElse(Map.of());
    Map<String, String> labels =
        Optional.ofNullable(deployment.getSpec().getTemplate().getMetadata().getLabels())
            .orElse(Map.of());
    return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
  }

  private static Optional<Door> of(Service service, Deployment deployment) {
    OptionalInt address = Ipv4.parse(address(service));
    Optional<ServicePort> port =
        Optional.ofNullable(service.getSpec().getPorts()).orElse(List.of()).stream()
            .filter(p -> p.getProtocol() == null || p.getProtocol().equals("TCP"))
            .findFirst();
    if (address.isEmpty() || port.isEmpty()) {
      return Optional.empty();
    }
    OptionalInt target = target(port.get(), deployment);
    return target.isEmpty()
        ? Optional.empty()
        : Optional.of(new Door(address.getAsInt(), port.get().getPort(), target.getAsInt()));
  }

  private static OptionalInt target(ServicePort port, Deployment deployment) {
    IntOrString target = port.getTargetPort();
    if (target == null) {
      return OptionalInt.of(port.getPort());
    }
    if (target.getStrVal() == null) {
      return OptionalInt.of(target.getIntVal());
    }
    Container main = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    return Optional.ofNullable(main.getPorts()).orElse(List.of()).stream()
        .filter(p -> target.getStrVal().equals(p.getName()))
        .mapToInt(ContainerPort::getContainerPort)
        .findFirst();
  }
}

"""The life of a server by openstacksdk; the cloud `albireo` comes from OS_CLIENT_CONFIG_FILE."""
import openstack

conn = openstack.connect(cloud="albireo")
image = conn.image.find_image("cirros", ignore_missing=False)
flavor = conn.compute.find_flavor("m1.tiny", ignore_missing=False)
keypair = conn.compute.create_keypair(name="sdk-key")
network = conn.network.create_network(name="sdk-net")
subnet = conn.network.create_subnet(name="sdk-subnet", network_id=network.id, ip_version=4, cidr="10.20.0.0/24")
server = conn.compute.create_server(
    name="sdk-vm", image_id=image.id, flavor_id=flavor.id, key_name=keypair.name, networks=[{"uuid": network.id}]
)
server = conn.compute.wait_for_server(server, wait=60)
assert server.status == "ACTIVE", server.status
addresses = [a["addr"] for net in server.addresses.values() for a in net]
assert len(addresses) == 1 and addresses[0].startswith("10.20.0."), addresses

conn.compute.stop_server(server)
server = conn.compute.wait_for_server(server, status="SHUTOFF", wait=60)
conn.compute.start_server(server)
server = conn.compute.wait_for_server(server, wait=60)
conn.compute.reboot_server(server, "SOFT")
server = conn.compute.wait_for_server(server, wait=60)
server = conn.compute.update_server(server, name="sdk-renamed")
assert conn.compute.get_server(server.id).name == "sdk-renamed"
assert [s.name for s in conn.compute.servers()] == ["sdk-renamed"]

ports = list(conn.network.ports(device_id=server.id))
assert len(ports) == 1, ports
conn.compute.delete_server(server)
conn.compute.wait_for_delete(server, wait=60)
assert list(conn.network.ports(network_id=network.id)) == []
conn.network.delete_subnet(subnet)
conn.network.delete_network(network)
conn.compute.delete_keypair(keypair)
limits = conn.compute.get_limits()
assert limits.absolute.instances == 10, limits
print("sdk flow passed")

package main

import (
	"context"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/attachinterfaces"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/availabilityzones"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/keypairs"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servergroups"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/floatingips"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/routers"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/portsbinding"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/portsecurity"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/trunks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/v2/openstack/utils"
)

type machine struct {
	server servers.Server
	port   ports.Port
	group  servergroups.ServerGroup
	key    string
}

// Repeats the device owner in the query, as a controller does that looks for the router of a network.
type routerPorts struct {
	DeviceOwner []string `q:"device_owner"`
	NetworkID   string   `q:"network_id"`
}

func (o routerPorts) ToPortListQuery() (string, error) {
	query, err := gophercloud.BuildQueryString(o)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

func (c *cluster) makePort(ctx context.Context, name string) ports.Port {
	byName := ports.ListOpts{Name: name, NetworkID: c.net.ID}
	expect(len(c.ports(ctx, byName)) == 0, "the port is there already")
	made := must(ports.Create(ctx, c.network, portsbinding.CreateOptsExt{
		CreateOptsBuilder: portsecurity.PortCreateOptsExt{
			CreateOptsBuilder: ports.CreateOpts{
				Name: name, NetworkID: c.net.ID, Description: "of " + c.name, FixedIPs: []ports.IP{{SubnetID: c.subnet.ID}},
				AllowedAddressPairs: []ports.AddressPair{{IPAddress: "192.168.0.0/16"}},
				SecurityGroups:      &[]string{c.groups["controlplane"].ID},
				ValueSpecs:          &map[string]string{"dns_name": "plane"},
			},
			PortSecurityEnabled: gophercloud.Enabled,
		},
		VNICType: "normal",
	}).Extract())
	c.tag(ctx, "ports", made.ID)
	found := c.ports(ctx, byName)
	expect(len(found) == 1 && found[0].ID == made.ID && len(found[0].AllowedAddressPairs) == 1, "ports: %+v", found)

	expect(c.has(ctx, "trunk"), "no trunks")
	expect(len(c.trunks(ctx, trunks.ListOpts{Name: name, PortID: made.ID})) == 0, "the trunk is there already")
	trunk := must(trunks.Create(ctx, c.network, trunks.CreateOpts{Name: name, PortID: made.ID, Description: "of " + c.name}).Extract())
	c.tag(ctx, "trunks", trunk.ID)
	return *made
}

func (c *cluster) trunks(ctx context.Context, opts trunks.ListOpts) []trunks.Trunk {
	return must(trunks.ExtractTrunks(pages(ctx, trunks.List(c.network, opts))))
}

func (c *cluster) makeMachine(ctx context.Context) machine {
	supported := must(utils.GetSupportedMicroversions(ctx, c.compute))
	for _, needed := range []string{"2.38", "2.53", "2.60"} {
		expect(must(supported.IsSupported(needed)), "compute %+v has no %s", supported, needed)
	}
	c.compute.Microversion = "2.38"
	zones := must(availabilityzones.ExtractAvailabilityZones(pages(ctx, availabilityzones.List(c.compute))))
	expect(len(zones) == 1 && zones[0].ZoneState.Available, "zones: %+v", zones)
	found := must(images.ExtractImages(pages(ctx, images.List(c.image, images.ListOpts{Name: "cirros"}))))
	expect(len(found) == 1, "images: %+v", found)
	flavor := must(flavors.ExtractFlavors(pages(ctx, flavors.ListDetail(c.compute, flavors.ListOpts{}))))[0]
	must(flavors.Get(ctx, c.compute, flavor.ID).Extract())
	must(servergroups.Create(ctx, c.compute, servergroups.CreateOpts{Name: c.name, Policies: []string{"soft-anti-affinity"}}).Extract())
	group := must(servergroups.ExtractServerGroups(pages(ctx, servergroups.List(c.compute, servergroups.ListOpts{}))))[0]
	expect(group.Name == c.name, "server groups: %+v", group)
	key := must(keypairs.Create(ctx, c.compute, keypairs.CreateOpts{Name: c.name}).Extract()).Name

	name := c.name + "-control-plane-0"
	byName := servers.ListOpts{Name: "^" + name + "$"}
	expect(len(must(servers.ExtractServers(pages(ctx, servers.List(c.compute, byName))))) == 0, "the server is there already")
	port := c.makePort(ctx, name)
	tagging := *c.compute
	tagging.Microversion = "2.53"
	made := must(servers.Create(ctx, &tagging, keypairs.CreateOptsExt{
		CreateOptsBuilder: servers.CreateOpts{
			Name: name, ImageRef: found[0].ID, FlavorRef: flavor.ID, AvailabilityZone: zones[0].ZoneName,
			Networks: []servers.Network{{Port: port.ID}}, UserData: []byte("#cloud-config\n"), Tags: clusterTags,
			Metadata: map[string]string{"role": "control-plane"}, ConfigDrive: gophercloud.Enabled,
			BlockDevice: []servers.BlockDevice{{
				SourceType: servers.SourceImage, DestinationType: servers.DestinationLocal, UUID: found[0].ID, DeleteOnTermination: true,
			}},
		},
		KeyName: key,
	}, servers.SchedulerHintOpts{Group: group.ID}).Extract())
	check(servers.WaitForStatus(ctx, c.compute, made.ID, "ACTIVE"))
	listed := must(servers.ExtractServers(pages(ctx, servers.List(c.compute, byName))))
	expect(len(listed) == 1 && listed[0].ID == made.ID, "servers: %+v", listed)
	attached := must(attachinterfaces.ExtractInterfaces(pages(ctx, attachinterfaces.List(c.compute, made.ID))))
	expect(len(attached) == 1 && attached[0].PortID == port.ID, "interfaces: %+v", attached)
	must(servers.ShowConsoleOutput(ctx, c.compute, made.ID, servers.ShowConsoleOutputOpts{}).Extract())
	return machine{server: listed[0], port: port, group: group, key: key}
}

// The floating IP of the API server comes to the machine's port that a router joins to the external network.
func (c *cluster) makeEndpoint(ctx context.Context, m machine) {
	own := c.ports(ctx, ports.ListOpts{DeviceID: m.server.ID})
	expect(len(own) == 1 && own[0].ID == m.port.ID, "ports of the server: %+v", own)
	inner := c.ports(ctx, routerPorts{NetworkID: own[0].NetworkID, DeviceOwner: []string{
		"network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface",
	}})
	expect(len(inner) == 1 && inner[0].FixedIPs[0].SubnetID == own[0].FixedIPs[0].SubnetID, "ports of routers: %+v", inner)
	router := must(routers.Get(ctx, c.network, inner[0].DeviceID).Extract())
	expect(router.GatewayInfo.NetworkID == c.external.ID, "router: %+v", router)

	made := must(floatingips.Create(ctx, c.network, floatingips.CreateOpts{FloatingNetworkID: c.external.ID, Description: "of " + c.name}).Extract())
	c.tag(ctx, "floatingips", made.ID)
	must(floatingips.Update(ctx, c.network, made.ID, floatingips.UpdateOpts{PortID: &m.port.ID}).Extract())
	c.waitForAddress(ctx, made.ID, "ACTIVE")
	for _, opts := range []floatingips.ListOpts{{FloatingIP: made.FloatingIP}, {PortID: m.port.ID}, {Tags: clusterTags[0]}} {
		found := must(floatingips.ExtractFloatingIPs(pages(ctx, floatingips.List(c.network, opts))))
		expect(len(found) == 1 && found[0].ID == made.ID, "floating IPs by %+v: %+v", opts, found)
	}
	pairs := []ports.AddressPair{{IPAddress: "10.6.0.5"}, {IPAddress: "192.168.0.0/16"}}
	changed := must(ports.Update(ctx, c.network, m.port.ID, ports.UpdateOpts{AllowedAddressPairs: &pairs}).Extract())
	expect(len(changed.AllowedAddressPairs) == 2, "address pairs: %+v", changed)

	must(floatingips.Update(ctx, c.network, made.ID, floatingips.UpdateOpts{}).Extract())
	c.waitForAddress(ctx, made.ID, "DOWN")
	check(floatingips.Delete(ctx, c.network, made.ID).ExtractErr())
}

func (c *cluster) waitForAddress(ctx context.Context, id string, status string) {
	check(gophercloud.WaitFor(ctx, func(ctx context.Context) (bool, error) {
		found, err := floatingips.Get(ctx, c.network, id).Extract()
		return err == nil && strings.EqualFold(found.Status, status), err
	}))
}

func (c *cluster) deleteMachine(ctx context.Context, m machine) {
	check(servers.Delete(ctx, c.compute, m.server.ID).ExtractErr())
	check(gophercloud.WaitFor(ctx, func(ctx context.Context) (bool, error) {
		_, err := servers.Get(ctx, c.compute, m.server.ID).Extract()
		if gophercloud.ResponseCodeIs(err, 404) {
			return true, nil
		}
		return false, err
	}))
	found := c.trunks(ctx, trunks.ListOpts{PortID: m.port.ID})
	expect(len(found) == 1, "trunks: %+v", found)
	subports := must(trunks.GetSubports(ctx, c.network, found[0].ID).Extract())
	expect(len(subports) == 0, "subports: %+v", subports)
	check(trunks.Delete(ctx, c.network, found[0].ID).ExtractErr())
	check(ports.Delete(ctx, c.network, m.port.ID).ExtractErr())
	err := ports.Delete(ctx, c.network, m.port.ID).ExtractErr()
	expect(gophercloud.ResponseCodeIs(err, 404), "a port that is gone: %v", err)
	check(servergroups.Delete(ctx, c.compute, m.group.ID).ExtractErr())
	check(keypairs.Delete(ctx, c.compute, m.key, nil).ExtractErr())
}

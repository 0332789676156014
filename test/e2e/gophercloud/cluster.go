package main

// The network, the machines and the API endpoint of a Kubernetes cluster, with the requests and filters of
// cluster-api-provider-openstack in its order, looked up again before each change as its controllers do.

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/common/extensions"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/roles"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/users"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/attributestags"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/external"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/layer3/routers"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/groups"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/extensions/security/rules"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/subnets"
)

const clusterPassword = "a-password-of-a-test"

var clusterTags = []string{"owner=capo", "zone a"}

type cluster struct {
	name     string
	compute  *gophercloud.ServiceClient
	network  *gophercloud.ServiceClient
	image    *gophercloud.ServiceClient
	external networks.Network
	net      networks.Network
	subnet   subnets.Subnet
	router   routers.Router
	groups   map[string]groups.SecGroup
}

func clusterFlow(ctx context.Context, admin *gophercloud.ProviderClient, endpoints gophercloud.EndpointOpts, name string) {
	adminNetwork := must(openstack.NewNetworkV2(admin, endpoints))
	public := must(networks.Create(ctx, adminNetwork, external.CreateOptsExt{
		CreateOptsBuilder: networks.CreateOpts{Name: name + "-public"}, External: gophercloud.Enabled,
	}).Extract())
	must(subnets.Create(ctx, adminNetwork, subnets.CreateOpts{
		NetworkID: public.ID, CIDR: "172.24.5.0/24", IPVersion: gophercloud.IPv4, EnableDHCP: gophercloud.Disabled,
	}).Extract())
	provider, remove := memberOf(ctx, must(openstack.NewIdentityV3(admin, endpoints)), name)
	c := &cluster{
		name:    name,
		compute: must(openstack.NewComputeV2(provider, endpoints)),
		network: must(openstack.NewNetworkV2(provider, endpoints)),
		image:   must(openstack.NewImageV2(provider, endpoints)),
		groups:  map[string]groups.SecGroup{},
	}
	c.makeNetwork(ctx)
	c.makeRouter(ctx)
	c.makeGroups(ctx)
	machine := c.makeMachine(ctx)
	c.makeEndpoint(ctx, machine)
	c.deleteMachine(ctx, machine)
	c.deleteNetwork(ctx)
	check(networks.Delete(ctx, adminNetwork, public.ID).ExtractErr())
	remove()
}

// A member of a project of its own, as a cluster's credentials are.
func memberOf(ctx context.Context, identity *gophercloud.ServiceClient, name string) (*gophercloud.ProviderClient, func()) {
	project := must(projects.Create(ctx, identity, projects.CreateOpts{Name: name}).Extract())
	user := must(users.Create(ctx, identity, users.CreateOpts{Name: name, Password: clusterPassword}).Extract())
	member := must(roles.ExtractRoles(pages(ctx, roles.List(identity, roles.ListOpts{Name: "member"}))))[0]
	check(roles.Assign(ctx, identity, member.ID, roles.AssignOpts{UserID: user.ID, ProjectID: project.ID}).ExtractErr())
	provider := must(openstack.AuthenticatedClient(ctx, gophercloud.AuthOptions{
		IdentityEndpoint: os.Getenv("OS_AUTH_URL"), UserID: user.ID, Password: clusterPassword, TenantID: project.ID, AllowReauth: true,
	}))
	return provider, func() {
		check(users.Delete(ctx, identity, user.ID).ExtractErr())
		check(projects.Delete(ctx, identity, project.ID).ExtractErr())
	}
}

func (c *cluster) has(ctx context.Context, alias string) bool {
	all := must(extensions.ExtractExtensions(pages(ctx, extensions.List(c.network))))
	return slices.ContainsFunc(all, func(e extensions.Extension) bool { return e.Alias == alias })
}

func (c *cluster) tag(ctx context.Context, resource string, id string) {
	expect(c.has(ctx, "standard-attr-tag"), "no tags")
	tags := must(attributestags.ReplaceAll(ctx, c.network, resource, id, attributestags.ReplaceAllOpts{Tags: clusterTags}).Extract())
	expect(slices.Equal(slices.Sorted(slices.Values(tags)), clusterTags), "tags of %s: %v", resource, tags)
}

func (c *cluster) networks(ctx context.Context, opts networks.ListOptsBuilder) []networks.Network {
	return must(networks.ExtractNetworks(pages(ctx, networks.List(c.network, opts))))
}

func (c *cluster) subnets(ctx context.Context, opts subnets.ListOpts) []subnets.Subnet {
	return must(subnets.ExtractSubnets(pages(ctx, subnets.List(c.network, opts))))
}

func (c *cluster) routers(ctx context.Context, opts routers.ListOpts) []routers.Router {
	return must(routers.ExtractRouters(pages(ctx, routers.List(c.network, opts))))
}

func (c *cluster) ports(ctx context.Context, opts ports.ListOptsBuilder) []ports.Port {
	return must(ports.ExtractPorts(pages(ctx, ports.List(c.network, opts))))
}

func (c *cluster) makeNetwork(ctx context.Context) {
	found := c.networks(ctx, external.ListOptsExt{ListOptsBuilder: networks.ListOpts{}, External: gophercloud.Enabled})
	expect(len(found) == 1, "external networks: %+v", found)
	c.external = found[0]
	name := "k8s-clusterapi-cluster-" + c.name
	expect(len(c.networks(ctx, networks.ListOpts{Name: name})) == 0, "the network is there already")
	made := must(networks.Create(ctx, c.network, networks.CreateOpts{Name: name, AdminStateUp: gophercloud.Enabled}).Extract())
	c.tag(ctx, "networks", made.ID)
	for _, opts := range []networks.ListOpts{
		{Name: name}, {Tags: clusterTags[0]}, {TagsAny: "x," + clusterTags[1]}, {Name: name, NotTags: "x"}, {Name: name, NotTagsAny: "x,y"},
	} {
		found = c.networks(ctx, opts)
		expect(len(found) == 1 && found[0].ID == made.ID, "networks by %+v: %+v", opts, found)
	}
	c.net = found[0]

	byCIDR := subnets.ListOpts{NetworkID: c.net.ID, CIDR: "10.6.0.0/24"}
	expect(len(c.subnets(ctx, byCIDR)) == 0, "the subnet is there already")
	subnet := must(subnets.Create(ctx, c.network, subnets.CreateOpts{
		NetworkID: c.net.ID, Name: name, IPVersion: gophercloud.IPv4, CIDR: byCIDR.CIDR, DNSNameservers: []string{"8.8.8.8"},
		Description:     "Created by cluster-api-provider-openstack cluster " + c.name,
		AllocationPools: []subnets.AllocationPool{{Start: "10.6.0.10", End: "10.6.0.99"}},
	}).Extract())
	c.tag(ctx, "subnets", subnet.ID)
	nameservers := []string{"9.9.9.9", "8.8.8.8"}
	must(subnets.Update(ctx, c.network, subnet.ID, subnets.UpdateOpts{DNSNameservers: &nameservers}).Extract())
	again := c.subnets(ctx, byCIDR)
	expect(len(again) == 1 && slices.Equal(again[0].DNSNameservers, nameservers), "subnets: %+v", again)
	c.subnet = again[0]
}

func (c *cluster) makeRouter(ctx context.Context) {
	opts := routers.ListOpts{Name: "k8s-clusterapi-cluster-" + c.name}
	expect(len(c.routers(ctx, opts)) == 0, "the router is there already")
	made := must(routers.Create(ctx, c.network, routers.CreateOpts{
		Name: opts.Name, Description: "of " + c.name, GatewayInfo: &routers.GatewayInfo{NetworkID: c.external.ID},
	}).Extract())
	expect(len(made.GatewayInfo.ExternalFixedIPs) == 1, "gateway: %+v", made.GatewayInfo)
	c.tag(ctx, "routers", made.ID)
	expect(len(c.ports(ctx, ports.ListOpts{DeviceID: made.ID})) == 0, "a member sees the port of the gateway")
	must(routers.AddInterface(ctx, c.network, made.ID, routers.AddInterfaceOpts{SubnetID: c.subnet.ID}).Extract())
	inner := c.ports(ctx, ports.ListOpts{DeviceID: made.ID})
	expect(len(inner) == 1 && inner[0].FixedIPs[0].SubnetID == c.subnet.ID, "interfaces: %+v", inner)
	found := c.routers(ctx, routers.ListOpts{Tags: clusterTags[0]})
	expect(len(found) == 1 && found[0].ID == made.ID, "routers: %+v", found)
	c.router = found[0]
}

func rule(direction rules.RuleDirection, ether rules.RuleEtherType, protocol rules.RuleProtocol, port int, group string) rules.CreateOpts {
	return rules.CreateOpts{
		Direction: direction, EtherType: ether, Protocol: protocol, PortRangeMin: port, PortRangeMax: port, RemoteGroupID: group,
	}
}

func (c *cluster) makeGroups(ctx context.Context) {
	for _, suffix := range []string{"controlplane", "worker"} {
		name := fmt.Sprintf("k8s-cluster-%s-secgroup-%s", c.name, suffix)
		expect(len(c.groupsNamed(ctx, name)) == 0, "the group is there already")
		made := must(groups.Create(ctx, c.network, groups.CreateOpts{Name: name, Description: "Cluster API managed group"}).Extract())
		c.tag(ctx, "security-groups", made.ID)
		c.groups[suffix] = *made
	}
	plane, worker := c.groups["controlplane"].ID, c.groups["worker"].ID
	open := []rules.CreateOpts{rule("egress", "IPv4", "", 0, ""), rule("egress", "IPv6", "", 0, "")}
	c.reconcileRules(ctx, plane, append(open, rule("ingress", "IPv4", "tcp", 6443, ""), rule("ingress", "IPv4", "tcp", 2379, plane),
		rule("ingress", "IPv4", "4", 0, worker), rule("ingress", "IPv4", "udp", 8472, worker)))
	c.reconcileRules(ctx, worker, append(open, rule("ingress", "IPv4", "tcp", 10250, worker), rule("ingress", "IPv4", "tcp", 10250, plane)))
}

func (c *cluster) groupsNamed(ctx context.Context, name string) []groups.SecGroup {
	return must(groups.ExtractGroups(pages(ctx, groups.List(c.network, groups.ListOpts{Name: name}))))
}

// Twice: what was made is recognized by its answer, so the second time there is nothing to do.
func (c *cluster) reconcileRules(ctx context.Context, group string, wanted []rules.CreateOpts) {
	for round := range 2 {
		observed := must(groups.Get(ctx, c.network, group).Extract()).Rules
		for _, old := range observed {
			if !slices.ContainsFunc(wanted, func(w rules.CreateOpts) bool { return matches(w, old) }) {
				expect(round == 0, "a rule that is not recognized: %+v", old)
				check(rules.Delete(ctx, c.network, old.ID).ExtractErr())
			}
		}
		for _, opts := range wanted {
			if !slices.ContainsFunc(observed, func(o rules.SecGroupRule) bool { return matches(opts, o) }) {
				expect(round == 0, "a rule that is not found again: %+v", opts)
				opts.SecGroupID = group
				must(rules.Create(ctx, c.network, opts).Extract())
			}
		}
	}
}

func matches(wanted rules.CreateOpts, found rules.SecGroupRule) bool {
	return string(wanted.Direction) == found.Direction && string(wanted.EtherType) == found.EtherType &&
		string(wanted.Protocol) == found.Protocol && wanted.PortRangeMin == found.PortRangeMin &&
		wanted.PortRangeMax == found.PortRangeMax && wanted.RemoteGroupID == found.RemoteGroupID
}

func (c *cluster) deleteNetwork(ctx context.Context) {
	for _, port := range c.ports(ctx, ports.ListOpts{NetworkID: c.net.ID}) {
		expect(port.DeviceOwner == "network:router_interface" || port.DeviceOwner == "network:dhcp", "left over: %+v", port)
	}
	must(routers.RemoveInterface(ctx, c.network, c.router.ID, routers.RemoveInterfaceOpts{SubnetID: c.subnet.ID}).Extract())
	_, err := routers.RemoveInterface(ctx, c.network, c.router.ID, routers.RemoveInterfaceOpts{SubnetID: c.subnet.ID}).Extract()
	expect(gophercloud.ResponseCodeIs(err, 404), "an interface that is not there: %v", err)
	check(routers.Delete(ctx, c.network, c.router.ID).ExtractErr())
	check(networks.Delete(ctx, c.network, c.net.ID).ExtractErr())
	for _, group := range []string{"controlplane", "worker"} {
		check(groups.Delete(ctx, c.network, c.groups[group].ID).ExtractErr())
		expect(len(c.groupsNamed(ctx, c.groups[group].Name)) == 0, "the group stayed")
	}
}

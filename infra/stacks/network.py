"""A VPC without a way out: functions and servers reach AWS by endpoints, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnRule, CfnRuleAssertion, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from infra.acknowledge import acknowledge
from infra.constructs.encryption_key import EncryptionKey
from infra.constructs.platform import POSTGRES_PORT, VALKEY_PORT, Network
from infra.constructs.retention import retention
from infra.stages import ZONES

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stages import Stage

HTTPS = ec2.Port.tcp(443)
SERVICES = ec2.InterfaceVpcEndpointAwsService
# Logs and traces leave by Lambda itself: they need no endpoint.
INTERFACE_ENDPOINTS = {
    "SecretsManager": SERVICES.SECRETS_MANAGER,
    "EventBridge": SERVICES.EVENTBRIDGE,
    # Of whom a drill asks for a temporary database.
    "Rds": SERVICES.RDS,
    # Who lets a new token of Valkey in.
    "ElastiCache": SERVICES.ELASTICACHE,
    # Where the API starts drills, and brings people's decisions to them.
    "StepFunctions": SERVICES.STEP_FUNCTIONS,
}


class NetworkStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, **props: Any) -> None:
        super().__init__(scope, construct_id, **props)
        self._stage = stage
        self._refuse_copies_beside_the_original()
        self.vpc = self._vpc()
        self.functions = self._group("Functions", "Lambda functions")
        self.postgres = self._group("Postgres", "Aurora PostgreSQL")
        self.valkey = self._group("Valkey", "Valkey")
        self._connect()
        self._endpoints()
        self._flow_logs()

    @property
    def network(self) -> Network:
        return Network(
            vpc=self.vpc,
            function_subnets=ec2.SubnetSelection(subnet_group_name="functions"),
            server_subnets=ec2.SubnetSelection(subnet_group_name="servers"),
            functions=self.functions,
            postgres=self.postgres,
            valkey=self.valkey,
        )

    def _refuse_copies_beside_the_original(self) -> None:
        """Here, in the stack that is deployed first: only CloudFormation knows in which region that is."""
        elsewhere = Fn.condition_not(Fn.condition_equals(self.region, self._stage.copy_region))
        why = f"Backups are copied to {self._stage.copy_region}, which is this stage's own region: choose another"
        CfnRule(self, "CopiesAreElsewhere", assertions=[CfnRuleAssertion(assert_=elsewhere, assert_description=why)])

    def _vpc(self) -> ec2.Vpc:
        isolated = ec2.SubnetType.PRIVATE_ISOLATED
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=ZONES,
            availability_zones=list(self._stage.zones) or None,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="functions", subnet_type=isolated, cidr_mask=20),
                ec2.SubnetConfiguration(name="servers", subnet_type=isolated, cidr_mask=24),
            ],
        )
        why = "Nothing is in this group; only a function with rights on every group could empty its rules"
        acknowledge(vpc, {"NIST.800.53.R5-VPCDefaultSecurityGroupClosed": why})
        return vpc

    def _group(self, name: str, what: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, name, vpc=self.vpc, description=what, allow_all_outbound=False)

    def _connect(self) -> None:
        self.functions.connections.allow_to(self.postgres, ec2.Port.tcp(POSTGRES_PORT), "functions to PostgreSQL")
        self.functions.connections.allow_to(self.valkey, ec2.Port.tcp(VALKEY_PORT), "functions to Valkey")

    def _endpoints(self) -> None:
        group = self._group("Endpoints", "AWS services by private link")
        group.add_ingress_rule(self.functions, HTTPS, "functions to AWS services")
        # There is no route but to endpoints; the gateway endpoints have public addresses.
        self.functions.add_egress_rule(ec2.Peer.any_ipv4(), HTTPS, "AWS services by endpoints, the only routes")
        subnets = ec2.SubnetSelection(subnet_group_name="functions")
        for name, service in INTERFACE_ENDPOINTS.items():
            self.vpc.add_interface_endpoint(name, service=service, subnets=subnets, security_groups=[group], open=False)
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)

    def _flow_logs(self) -> None:
        key = EncryptionKey(self, "Key", alias=self._stage.physical_name("network"), stage=self._stage)
        group = logs.LogGroup(
            self,
            "FlowLogs",
            encryption_key=key,
            retention=retention(self._stage),
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(self, "FlowLogsRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        policy = iam.ManagedPolicy(
            self,
            "FlowLogsPolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                    resources=[group.log_group_arn],
                )
            ],
        )
        destination = ec2.FlowLogDestination.to_cloud_watch_logs(group, role.without_policy_updates())
        flow_log = self.vpc.add_flow_log("AllTraffic", destination=destination, traffic_type=ec2.FlowLogTrafficType.ALL)
        flow_log.node.add_dependency(policy)
